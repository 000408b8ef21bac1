// Package process is what a process definition (流程定义) says: the elements of BPMN 2.0 that Xiangyun runs, without file format, database or clock.
//
// Package bpmn reads and writes it as a BPMN file, package machine moves tokens over it, and the workflow module stores both. Types only: what an element means
// is said here once, in the words of the standard (ISO/IEC 19510).
package process
