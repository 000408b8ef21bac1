// Package bpmn reads, checks, changes and writes process definitions as BPMN 2.0 files (ISO/IEC 19510), the format in which they are kept and exchanged.
//
//	file ── Read ──► process.Process ── Check ──► findings
//	  ▲                     │
//	  └── Edit, EditFlow    └── Write (a file made from nothing), Arrange (where its steps are drawn)
//
// The source is the truth: a file somebody drew keeps its picture and what other programs put into it; [Edit] changes the bytes of one element only.
// What the standard leaves open is said in the namespace https://xiangyun.gov.example/bpmn: who does a task, the handler of a service, working days.
//
// Nothing that changes the meaning is ignored. What is not supported is refused with its id and the reason, all of it at once: a process must not run
// otherwise than its picture shows. Elements of other namespaces below extensionElements, pictures, notes, groups and lanes say nothing about how a process
// runs; they stay in the file.
//
// The package knows no database and no page.
package bpmn
