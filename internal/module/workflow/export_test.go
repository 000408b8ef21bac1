package workflow

import "xiangyun/internal/module/workflow/process"

// ReadXML has BPMN read by f.
func ReadXML(f func(source []byte) (*process.Process, error)) { readXML = f }
