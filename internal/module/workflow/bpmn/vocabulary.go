package bpmn

import (
	"strings"

	"xiangyun/internal/module/workflow/process"
)

// Properties that mean something, of those a file may give. Of an event that a message comes to: who may tell it, [Applicant] or a role, and, of the start of
// a process, beside which processes, their keys with spaces between. Of a user task: the task whose doer may not do it, because what two must see is not seen
// by one twice (行政许可法第三十四条第三款).
const (
	Teller = "from"
	Beside = "beside"
	Apart  = "apart"
)

// Applicant is the teller who applied.
const Applicant = "applicant"

// kinds are the BPMN elements that become elements of a process.
var kinds = map[string]process.Kind{}

func init() {
	for _, k := range []process.Kind{process.StartEvent, process.EndEvent, process.IntermediateCatch, process.IntermediateThrow, process.BoundaryEvent, process.UserTask,
		process.ServiceTask, process.SendTask, process.ReceiveTask, process.ScriptTask, process.ExclusiveGateway, process.ParallelGateway, process.InclusiveGateway,
		process.EventGateway, process.SubProcess, process.CallActivity} {
		kinds[string(k)] = k
	}
}

// said lists the attributes an element may have: any value where the text is "", else one of the words. An attribute with a default the machine does not
// know otherwise is taken with that default only.
var said = map[string]map[string]string{
	"definitions":            list("id name targetNamespace typeLanguage exporter exporterVersion expressionLanguage=" + languages),
	"process":                list("id name processType isExecutable=true isClosed=false"),
	"startEvent":             list("id name isInterrupting=true,false parallelMultiple=false"),
	"endEvent":               list("id name"),
	"intermediateCatchEvent": list("id name parallelMultiple=false"),
	"intermediateThrowEvent": list("id name"),
	"boundaryEvent":          list("id name attachedToRef cancelActivity=true,false parallelMultiple=false"),
	"userTask":               list(activity + " implementation=##unspecified"),
	"serviceTask":            list(activity + " implementation=##unspecified,##WebService"),
	"sendTask":               list(activity + " messageRef implementation=##unspecified,##WebService"),
	"receiveTask":            list(activity + " messageRef instantiate=false implementation=##unspecified,##WebService"),
	"scriptTask":             list(activity + " scriptFormat=cel,text/cel," + languages),
	"exclusiveGateway":       list(gateway + " default"),
	"parallelGateway":        list(gateway),
	"inclusiveGateway":       list(gateway + " default"),
	"eventBasedGateway":      list(gateway + " instantiate=false eventGatewayType=Exclusive"),
	"subProcess":             list(activity + " triggeredByEvent=true,false"),
	"callActivity":           list(activity + " calledElement"),
	"sequenceFlow":           list("id name sourceRef targetRef isImmediate=true"),
	"conditionExpression":    list("id language=" + languages),
	"script":                 {},
	"incoming":               {}, "outgoing": {}, "flowNodeRef": {}, "text": {},
	"message":                          list("id name"),
	"signal":                           list("id name"),
	"error":                            list("id name errorCode"),
	"timerEventDefinition":             list("id"),
	"messageEventDefinition":           list("id messageRef"),
	"signalEventDefinition":            list("id signalRef"),
	"errorEventDefinition":             list("id errorRef"),
	"terminateEventDefinition":         list("id"),
	"timeDate":                         list("id language=" + languages),
	"timeDuration":                     list("id language=" + languages),
	"timeCycle":                        list("id language=" + languages),
	"multiInstanceLoopCharacteristics": list("id isSequential=true,false behavior=All"),
	"completionCondition":              list("id language=" + languages),
	"dataObject":                       list("id name isCollection=false"),
	"dataObjectReference":              list("id name dataObjectRef"),
}

const (
	languages = "https://cel.dev" // of expressions
	activity  = "id name default isForCompensation=false startQuantity=1 completionQuantity=1"
	gateway   = "id name gatewayDirection=Unspecified,Diverging,Converging,Mixed"
)

func list(text string) map[string]string {
	m := map[string]string{}
	for _, w := range strings.Fields(text) {
		name, values, _ := strings.Cut(w, "=")
		m[name] = values
	}
	return m
}

// ours lists the attributes of our namespace on BPMN elements, and those of our own elements.
var ours = map[string]map[string]string{
	"serviceTask":                      list("handler"),
	"scriptTask":                       list("result"),
	"timerEventDefinition":             list("workdays"),
	"messageEventDefinition":           list("key"),
	"sendTask":                         list("key"),
	"receiveTask":                      list("key"),
	"multiInstanceLoopCharacteristics": list("each as"),
	"dataObject":                       list("type=string,int,double,bool,list,map,date form field personal=true,false"),
	"xiangyun:duty":                    list("action role place level form document limit skipSame=true,false"),
	"xiangyun:field":                   list("name right=read,edit,hidden"),
	"xiangyun:input":                   list("name"),
	"xiangyun:output":                  list("name"),
	"xiangyun:property":                list("name"),
}

// silent are elements that say nothing about how a process runs: notes, groups, lanes, pools. They stay in the file and are not looked into.
var silent = map[string]bool{"documentation": true, "textAnnotation": true, "association": true, "group": true, "category": true, "laneSet": true,
	"collaboration": true, "auditing": true, "monitoring": true}

// reasons are the elements people draw that are not supported, each with its own sentence "bpmn.no.NAME"; every other has the general one.
var reasons = map[string]bool{"task": true, "manualTask": true, "businessRuleTask": true, "complexGateway": true, "transaction": true, "adHocSubProcess": true,
	"standardLoopCharacteristics": true, "conditionalEventDefinition": true, "escalationEventDefinition": true, "compensateEventDefinition": true,
	"linkEventDefinition": true, "cancelEventDefinition": true, "dataStoreReference": true, "ioSpecification": true, "potentialOwner": true, "humanPerformer": true,
	"performer": true, "loopCardinality": true, "import": true}

// triggers are the event definitions that are supported.
var triggers = map[string]process.Trigger{"timerEventDefinition": process.Timer, "messageEventDefinition": process.Message, "signalEventDefinition": process.Signal,
	"errorEventDefinition": process.Error, "terminateEventDefinition": process.Terminate}

// fitting says which triggers an event may have. Of starts this is said apart: it depends on what they start.
var fitting = map[process.Kind][]process.Trigger{
	process.EndEvent:          {process.None, process.Terminate, process.Error, process.Message, process.Signal},
	process.IntermediateCatch: {process.Timer, process.Message, process.Signal},
	process.IntermediateThrow: {process.None, process.Message, process.Signal},
	process.BoundaryEvent:     {process.Timer, process.Message, process.Signal, process.Error},
}

// activities are the kinds that do something: boundary events sit on them, loops repeat them.
var activities = map[process.Kind]bool{process.UserTask: true, process.ServiceTask: true, process.SendTask: true, process.ReceiveTask: true,
	process.ScriptTask: true, process.SubProcess: true, process.CallActivity: true}

// Activity tells whether elements of this kind do something: those boundary events may sit on and that may be done several times.
func Activity(k process.Kind) bool { return activities[k] }
