package bpmn_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/module/workflow/process"
	"xiangyun/internal/platform/fault"
)

// file wraps elements of a process, and what stands before it, into a BPMN file as other editors write them: BPMN is the default namespace.
func file(before, inside string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:x="https://xiangyun.gov.example/bpmn" xmlns:other="http://example.com/other" targetNamespace="http://example.com/processes">
` + before + `<process id="p" name="P" isExecutable="true">` + inside + `</process></definitions>`)
}

// around puts an element between a start and an end.
func around(element string) string {
	return `<startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="a"/>` + element + `<sequenceFlow id="f2" sourceRef="a" targetRef="e"/><endEvent id="e"/>`
}

const duty = `<extensionElements><x:duty action="opine" role="reviewer" place="office"/></extensionElements>`

func mustRead(t *testing.T, source []byte) *process.Process {
	t.Helper()
	p, err := bpmn.Read(source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sorted puts flows in the order of their ids: that of the file is nobody's business.
func sorted(p *process.Process) *process.Process {
	slices.SortFunc(p.Flows, func(a, b *process.Flow) int { return strings.Compare(a.ID, b.ID) })
	return p
}

// TestElements reads one element of each kind and looks at what it became.
func TestElements(t *testing.T) {
	roots := `<message id="m" name="paid"/><signal id="g" name="flood"/><error id="r" name="wrong" errorCode="E1"/>`
	for name, c := range map[string]struct {
		xml   string
		check func(e *process.Element) bool
	}{
		"user-task": {`<userTask id="a" name="审查"><extensionElements><x:duty action="opine" role="reviewer" place="office" level="county" form="f" document="d" limit="3" skipSame="true"><x:field name="n" right="hidden"/></x:duty><x:property name="colour">blue</x:property></extensionElements></userTask>`,
			func(e *process.Element) bool {
				return e.Kind == process.UserTask && e.Name == "审查" && e.Extra["colour"] == "blue" && reflect.DeepEqual(e.Duty, process.Duty{Action: "opine", Role: "reviewer", Place: "office", Level: "county", Form: "f", Document: "d", Limit: "3", SkipSame: true, Fields: map[string]string{"n": "hidden"}})
			}},
		"service-task": {`<serviceTask id="a" x:handler="check"><extensionElements><x:input name="n">1 + 1</x:input><x:output name="sum">result.sum</x:output></extensionElements></serviceTask>`,
			func(e *process.Element) bool {
				return e.Handler == "check" && e.Inputs["n"] == "1 + 1" && e.Outputs["sum"] == "result.sum"
			}},
		"send-task": {`<sendTask id="a" messageRef="m" x:key="subject"/>`, func(e *process.Element) bool {
			return e.Event == process.Event{Trigger: "message", Name: "paid", Key: "subject"}
		}},
		"receive-task":   {`<receiveTask id="a" messageRef="m"/>`, func(e *process.Element) bool { return e.Kind == process.ReceiveTask && e.Event.Name == "paid" }},
		"script-task":    {`<scriptTask id="a" scriptFormat="cel" x:result="n"><script><![CDATA[1 < 2]]></script></scriptTask>`, func(e *process.Element) bool { return e.Script == "1 < 2" && e.Result == "n" }},
		"call-activity":  {`<callActivity id="a" calledElement="other"/>`, func(e *process.Element) bool { return e.Calls == "other" }},
		"sub-process":    {`<subProcess id="a"><startEvent id="i"/><endEvent id="j"/><sequenceFlow id="k" sourceRef="i" targetRef="j"/></subProcess>`, func(e *process.Element) bool { return e.Kind == process.SubProcess && !e.Triggered }},
		"catch-timer":    {`<intermediateCatchEvent id="a"><timerEventDefinition><timeDuration>PT15M</timeDuration></timerEventDefinition></intermediateCatchEvent>`, func(e *process.Element) bool { return e.Event.Clock.Duration == "PT15M" }},
		"catch-date":     {`<intermediateCatchEvent id="a"><timerEventDefinition><timeDate>2026-11-26</timeDate></timerEventDefinition></intermediateCatchEvent>`, func(e *process.Element) bool { return e.Event.Clock.Date == `"2026-11-26"` }},
		"catch-workdays": {`<intermediateCatchEvent id="a"><timerEventDefinition x:workdays="7"/></intermediateCatchEvent>`, func(e *process.Element) bool { return e.Event.Clock.Workdays == "7" }},
		"catch-signal":   {`<intermediateCatchEvent id="a"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>`, func(e *process.Element) bool { return e.Event.Trigger == process.Signal && e.Event.Name == "flood" }},
		"throw-none":     {`<intermediateThrowEvent id="a"/>`, func(e *process.Element) bool { return e.Event.Trigger == process.None }},
		"throw-message":  {`<intermediateThrowEvent id="a"><messageEventDefinition messageRef="m"/></intermediateThrowEvent>`, func(e *process.Element) bool { return e.Event.Name == "paid" }},
		"exclusive": {`<exclusiveGateway id="a" default="f2"/>`, func(e *process.Element) bool {
			return e.Default == "f2" && e.Outgoing[0] == "f2" && e.Incoming[0] == "f1"
		}},
		"parallel":    {`<parallelGateway id="a" gatewayDirection="Diverging"/>`, func(e *process.Element) bool { return e.Kind == process.ParallelGateway }},
		"inclusive":   {`<inclusiveGateway id="a"/>`, func(e *process.Element) bool { return e.Kind == process.InclusiveGateway }},
		"event-based": {`<eventBasedGateway id="a"/>`, func(e *process.Element) bool { return e.Kind == process.EventGateway }},
		"multi-instance": {`<userTask id="a"><multiInstanceLoopCharacteristics isSequential="true" x:each="places.opinions" x:as="office"><completionCondition>agreed * 2 &gt; total</completionCondition></multiInstanceLoopCharacteristics></userTask>`,
			func(e *process.Element) bool {
				return *e.Loop == process.Loop{Sequential: true, Each: "places.opinions", As: "office", Until: "agreed * 2 > total"}
			}},
		"silent-parts": {`<userTask id="a" other:colour="red"><documentation>x</documentation><extensionElements><other:thing><deep/></other:thing></extensionElements></userTask><textAnnotation id="n"><text>note</text></textAnnotation><association id="o" sourceRef="n" targetRef="a"/>`,
			func(e *process.Element) bool { return e.Kind == process.UserTask }},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustRead(t, file(roots, around(c.xml)))
			if e := p.Element("a"); !c.check(e) {
				t.Errorf("read as %+v", *e)
			}
			again := sorted(mustRead(t, bpmn.Write(p)))
			if !reflect.DeepEqual(sorted(p), again) {
				t.Errorf("written and read again it is\n%+v\nwas\n%+v", *again.Element("a"), *p.Element("a"))
			}
		})
	}
}

// TestEvents reads the events that stand at other places than in the middle of a flow.
func TestEvents(t *testing.T) {
	roots := `<message id="m" name="paid"/><signal id="g" name="flood"/><error id="r" name="wrong" errorCode="E1"/>`
	for name, c := range map[string]struct {
		xml, id string
		want    process.Event
		keep    bool
	}{
		"end-terminate":     {`<endEvent id="q"><terminateEventDefinition/></endEvent>`, "q", process.Event{Trigger: process.Terminate}, false},
		"end-error":         {`<endEvent id="q"><errorEventDefinition errorRef="r"/></endEvent>`, "q", process.Event{Trigger: process.Error, Name: "E1"}, false},
		"end-message":       {`<endEvent id="q"><messageEventDefinition messageRef="m"/></endEvent>`, "q", process.Event{Trigger: process.Message, Name: "paid"}, false},
		"end-signal":        {`<endEvent id="q"><signalEventDefinition signalRef="g"/></endEvent>`, "q", process.Event{Trigger: process.Signal, Name: "flood"}, false},
		"boundary-timer":    {`<boundaryEvent id="q" attachedToRef="a"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`, "q", process.Event{Trigger: process.Timer, Clock: process.Clock{Duration: "P1D"}}, false},
		"boundary-cycle":    {`<boundaryEvent id="q" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeCycle>R3/P2WD</timeCycle></timerEventDefinition></boundaryEvent>`, "q", process.Event{Trigger: process.Timer, Clock: process.Clock{Cycle: "P2WD", Times: 3}}, true},
		"boundary-message":  {`<boundaryEvent id="q" attachedToRef="a" cancelActivity="false"><messageEventDefinition messageRef="m"/></boundaryEvent>`, "q", process.Event{Trigger: process.Message, Name: "paid"}, true},
		"boundary-signal":   {`<boundaryEvent id="q" attachedToRef="a"><signalEventDefinition signalRef="g"/></boundaryEvent>`, "q", process.Event{Trigger: process.Signal, Name: "flood"}, false},
		"boundary-error":    {`<boundaryEvent id="q" attachedToRef="a"><errorEventDefinition/></boundaryEvent>`, "q", process.Event{Trigger: process.Error}, false},
		"start-message":     {`<startEvent id="q"><messageEventDefinition messageRef="m"/></startEvent>`, "q", process.Event{Trigger: process.Message, Name: "paid"}, false},
		"event-sub-process": {`<subProcess id="v" triggeredByEvent="true"><startEvent id="q" isInterrupting="false"><messageEventDefinition messageRef="m"/></startEvent></subProcess>`, "q", process.Event{Trigger: process.Message, Name: "paid"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustRead(t, file(roots, around(`<userTask id="a"/>`)+c.xml))
			if e := p.Element(c.id); e.Event != c.want || e.Keep != c.keep {
				t.Errorf("read as %+v keep %v", e.Event, e.Keep)
			}
			if again := mustRead(t, bpmn.Write(p)); !reflect.DeepEqual(p, again) {
				t.Error("writing and reading again changed it")
			}
		})
	}
}

// TestRefusals gives what is not supported; each must be refused at its element, with its reason.
func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct{ xml, at, key string }{
		"task":                {around(`<task id="a"/>`), "a", "bpmn.no.task"},
		"manual-task":         {around(`<manualTask id="a"/>`), "a", "bpmn.no.manualTask"},
		"business-rule":       {around(`<businessRuleTask id="a"/>`), "a", "bpmn.no.businessRuleTask"},
		"transaction":         {around(`<transaction id="a"/>`), "a", "bpmn.no.transaction"},
		"ad-hoc":              {around(`<adHocSubProcess id="a"/>`), "a", "bpmn.no.adHocSubProcess"},
		"complex-gateway":     {around(`<complexGateway id="a"/>`), "a", "bpmn.no.complexGateway"},
		"standard-loop":       {around(`<userTask id="a"><standardLoopCharacteristics/></userTask>`), "a", "bpmn.no.standardLoopCharacteristics"},
		"cardinality":         {around(`<userTask id="a"><multiInstanceLoopCharacteristics x:each="places.a"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>`), "a", "bpmn.no.loopCardinality"},
		"no-each":             {around(`<userTask id="a"><multiInstanceLoopCharacteristics/></userTask>`), "a", "bpmn.read.no_each"},
		"performer":           {around(`<userTask id="a"><potentialOwner/></userTask>`), "a", "bpmn.no.potentialOwner"},
		"io":                  {around(`<serviceTask id="a"><ioSpecification/></serviceTask>`), "a", "bpmn.no.ioSpecification"},
		"conditional":         {around(`<intermediateCatchEvent id="a"><conditionalEventDefinition/></intermediateCatchEvent>`), "a", "bpmn.no.conditionalEventDefinition"},
		"escalation":          {around(`<intermediateThrowEvent id="a"><escalationEventDefinition/></intermediateThrowEvent>`), "a", "bpmn.no.escalationEventDefinition"},
		"compensation":        {around(`<intermediateThrowEvent id="a"><compensateEventDefinition/></intermediateThrowEvent>`), "a", "bpmn.no.compensateEventDefinition"},
		"link":                {around(`<intermediateThrowEvent id="a"><linkEventDefinition/></intermediateThrowEvent>`), "a", "bpmn.no.linkEventDefinition"},
		"two-triggers":        {around(`<intermediateCatchEvent id="a"><timerEventDefinition x:workdays="1"/><timerEventDefinition x:workdays="2"/></intermediateCatchEvent>`), "a", "bpmn.read.several_triggers"},
		"catch-nothing":       {around(`<intermediateCatchEvent id="a"/>`), "a", "bpmn.read.trigger_place"},
		"catch-error":         {around(`<intermediateCatchEvent id="a"><errorEventDefinition/></intermediateCatchEvent>`), "a", "bpmn.read.trigger_place"},
		"throw-timer":         {around(`<intermediateThrowEvent id="a"><timerEventDefinition x:workdays="1"/></intermediateThrowEvent>`), "a", "bpmn.read.trigger_place"},
		"start-signal":        {`<startEvent id="s"><signalEventDefinition/></startEvent>`, "s", "bpmn.read.trigger_place"},
		"start-timer":         {`<startEvent id="s"><timerEventDefinition x:workdays="1"/></startEvent>`, "s", "bpmn.read.trigger_place"},
		"start-inside":        {around(`<subProcess id="a"><startEvent id="i"><messageEventDefinition/></startEvent></subProcess>`), "i", "bpmn.read.trigger_place"},
		"start-keeps":         {`<startEvent id="s" isInterrupting="false"><messageEventDefinition/></startEvent>`, "s", "bpmn.read.keep_place"},
		"start-key":           {`<startEvent id="s"><messageEventDefinition x:key="n"/></startEvent>`, "s", "bpmn.read.start_key"},
		"compensation-task":   {around(`<userTask id="a" isForCompensation="true"/>`), "a", "bpmn.read.value"},
		"start-quantity":      {around(`<userTask id="a" startQuantity="2"/>`), "a", "bpmn.read.value"},
		"instantiate":         {around(`<receiveTask id="a" instantiate="true"/>`), "a", "bpmn.read.value"},
		"parallel-event-gate": {around(`<eventBasedGateway id="a" eventGatewayType="Parallel"/>`), "a", "bpmn.read.value"},
		"script-language":     {around(`<scriptTask id="a" scriptFormat="javascript"><script>1</script></scriptTask>`), "a", "bpmn.read.value"},
		"unknown-attribute":   {around(`<userTask id="a" assignee="x"/>`), "a", "bpmn.read.attribute"},
		"unknown-of-ours":     {around(`<userTask id="a" x:handler="x"/>`), "a", "bpmn.read.attribute"},
		"unknown-extension":   {around(`<userTask id="a"><extensionElements><x:dutty/></extensionElements></userTask>`), "a", "bpmn.read.extension"},
		"unknown-element":     {around(`<userTask id="a"/>`) + `<somethingNew id="n"/>`, "line 4", "bpmn.read.element"},
		"foreign-element":     {around(`<userTask id="a"><other:thing/></userTask>`), "a", "bpmn.read.misplaced"},
		"doubled-id":          {around(`<userTask id="a"/><userTask id="a"/>`), "a", "bpmn.read.id_twice"},
		"no-id":               {around(`<userTask id="a"/>`) + `<userTask/>`, "line 4", "bpmn.read.no_id"},
		"flow-from-nowhere":   {around(`<userTask id="a"/>`) + `<sequenceFlow id="f3" sourceRef="x" targetRef="a"/>`, "f3", "bpmn.read.no_source"},
		"flow-to-nowhere":     {around(`<userTask id="a"/>`) + `<sequenceFlow id="f3" sourceRef="a" targetRef="x"/>`, "f3", "bpmn.read.no_target"},
		"flow-across":         {around(`<subProcess id="a"><startEvent id="i"/><endEvent id="j"/></subProcess>`) + `<sequenceFlow id="f3" sourceRef="a" targetRef="j"/>`, "f3", "bpmn.read.crosses"},
		"flow-after-end":      {around(`<userTask id="a"/>`) + `<sequenceFlow id="f3" sourceRef="e" targetRef="a"/>`, "f3", "bpmn.read.after_end"},
		"flow-before-start":   {around(`<userTask id="a"/>`) + `<sequenceFlow id="f3" sourceRef="a" targetRef="s"/>`, "f3", "bpmn.read.before_start"},
		"condition-on-task":   {around(`<userTask id="a"/>`) + `<sequenceFlow id="f3" sourceRef="a" targetRef="e"><conditionExpression>true</conditionExpression></sequenceFlow>`, "f3", "bpmn.read.condition_place"},
		"condition-language":  {around(`<exclusiveGateway id="a"/>`) + `<sequenceFlow id="f3" sourceRef="a" targetRef="e"><conditionExpression language="javascript">true</conditionExpression></sequenceFlow>`, "line 4", "bpmn.read.value"},
		"foreign-default":     {around(`<exclusiveGateway id="a" default="f1"/>`), "a", "bpmn.read.default"},
		"outgoing-differs":    {around(`<userTask id="a"><outgoing>f9</outgoing></userTask>`), "a", "bpmn.read.flows_differ"},
		"boundary-of-gateway": {around(`<parallelGateway id="a"/>`) + `<boundaryEvent id="q" attachedToRef="a"><errorEventDefinition/></boundaryEvent>`, "q", "bpmn.read.attached"},
		"boundary-of-nothing": {around(`<userTask id="a"/>`) + `<boundaryEvent id="q"><errorEventDefinition/></boundaryEvent>`, "q", "bpmn.read.attached"},
		"boundary-elsewhere":  {around(`<subProcess id="a"><userTask id="u"/></subProcess>`) + `<boundaryEvent id="q" attachedToRef="u"><errorEventDefinition/></boundaryEvent>`, "q", "bpmn.read.attached_scope"},
		"error-keeps":         {around(`<userTask id="a"/>`) + `<boundaryEvent id="q" attachedToRef="a" cancelActivity="false"><errorEventDefinition/></boundaryEvent>`, "q", "bpmn.read.error_keeps"},
		"two-clocks":          {around(`<intermediateCatchEvent id="a"><timerEventDefinition x:workdays="1"><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>`), "a", "bpmn.read.clock"},
		"no-clock":            {around(`<intermediateCatchEvent id="a"><timerEventDefinition/></intermediateCatchEvent>`), "a", "bpmn.read.clock"},
		"missing-message":     {around(`<receiveTask id="a" messageRef="nowhere"/>`), "a", "bpmn.read.reference"},
		"variable-name":       {around(`<userTask id="a"/>`) + `<dataObject id="d" name="面积"/>`, "line 4", "bpmn.read.variable"},
		"collection":          {around(`<userTask id="a"/>`) + `<dataObject id="d" name="n" isCollection="true"/>`, "line 4", "bpmn.read.value"},
		"data-store":          {around(`<userTask id="a"/>`) + `<dataStoreReference id="d"/>`, "line 4", "bpmn.no.dataStoreReference"},
		"assignment":          {around(`<userTask id="a"><dataInputAssociation id="d"><assignment/></dataInputAssociation></userTask>`), "a", "bpmn.read.element"},
		"loop-on-triggered":   {around(`<userTask id="a"/>`) + `<subProcess id="v" triggeredByEvent="true"><multiInstanceLoopCharacteristics x:each="x"/></subProcess>`, "v", "bpmn.read.element"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bpmn.Read(file("", c.xml))
			f, ok := fault.Of(err)
			if !ok || f.Kind != fault.Invalid {
				t.Fatalf("gave %v", err)
			}
			for _, field := range f.Fields {
				if field.Key == c.key && (field.Name == c.at || strings.HasPrefix(c.at, "line") && field.Name != "") {
					return
				}
			}
			t.Errorf("gave %v, want %s at %s", f, c.key, c.at)
		})
	}
}

// TestAllAtOnce wants every finding of a file, not the first.
func TestAllAtOnce(t *testing.T) {
	_, err := bpmn.Read(file("", around(`<task id="a"/>`)+`<manualTask id="b"/><transaction id="c"/>`))
	f, _ := fault.Of(err)
	if f == nil || len(f.Fields) < 5 { // three elements and the two flows that lead to and from the first
		t.Errorf("gave %v", err)
	}
}

func TestHostileFiles(t *testing.T) {
	deep := strings.Repeat(`<subProcess id="a">`, 100)
	for name, c := range map[string]struct {
		source string
		key    string
	}{
		"entity-bomb":       {`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">]><definitions/>`, "bpmn.read.document_type"},
		"outside-entity":    {`<!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions/>`, "bpmn.read.document_type"},
		"undeclared-entity": {`<definitions xmlns="` + model + `">&lol;</definitions>`, "bpmn.read.not_xml"},
		"deep":              {`<definitions xmlns="` + model + `">` + deep, "bpmn.read.too_deep"},
		"cut":               {string(file("", ""))[:300], "bpmn.read.not_xml"},
		"nothing":           {"", "bpmn.read.not_xml"},
		"two-roots":         {`<definitions xmlns="` + model + `"/><definitions xmlns="` + model + `"/>`, "bpmn.read.not_xml"},
		"crossed-tags":      {`<a><b></a></b>`, "bpmn.read.not_xml"},
		"text-behind":       {`<a/>text`, "bpmn.read.not_xml"},
		"prefix":            {`<bpmn:definitions/>`, "bpmn.read.prefix"},
		"attribute-twice":   {`<definitions xmlns="` + model + `" id="a" id="b"/>`, "bpmn.read.attribute_twice"},
		"utf-16":            {"\xff\xfe<\x00a\x00", "bpmn.read.charset"},
		"gbk":               {`<?xml version="1.0" encoding="GBK"?><a/>`, "bpmn.read.charset"},
		"bad-utf-8":         {"<a>\xff</a>", "bpmn.read.charset"},
		"no-bpmn":           {`<html/>`, "bpmn.read.not_bpmn"},
		"no-process":        {`<definitions xmlns="` + model + `"/>`, "bpmn.read.no_process"},
		"two-processes":     {`<definitions xmlns="` + model + `"><process id="a"/><process id="b"/></definitions>`, "bpmn.read.several_processes"},
		"must-understand":   {`<definitions xmlns="` + model + `"><extension mustUnderstand="true" definition="x"/><process id="a"/></definitions>`, "bpmn.read.must_understand"},
		"not-executable":    {`<definitions xmlns="` + model + `"><process id="a" isExecutable="false"/></definitions>`, "bpmn.read.value"},
		"import":            {`<definitions xmlns="` + model + `"><import/><process id="a"/></definitions>`, "bpmn.no.import"},
		"too-big":           {strings.Repeat(" ", bpmn.MaxBytes+1), "bpmn.read.too_big"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := bpmn.Read([]byte(c.source))
			f, ok := fault.Of(err)
			if !ok || len(f.Fields) == 0 || f.Fields[0].Key != c.key {
				t.Errorf("gave %v, want %s", err, c.key)
			}
		})
	}
}

const model = "http://www.omg.org/spec/BPMN/20100524/MODEL"

// long is a process of n tasks in a row.
func long(n int) []byte {
	var b strings.Builder
	b.WriteString(`<startEvent id="t0"/>`)
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, `<userTask id="t%d" name="Step %d">%s</userTask><sequenceFlow id="f%d" sourceRef="t%d" targetRef="t%d"/>`, i, i, duty, i, i-1, i)
	}
	fmt.Fprintf(&b, `<endEvent id="e"/><sequenceFlow id="fe" sourceRef="t%d" targetRef="e"/>`, n)
	return file("", b.String())
}

// TestLargeFile reads and checks a process as large as the machine takes one, and reads a file near the size limit.
func TestLargeFile(t *testing.T) {
	p := mustRead(t, long(bpmn.MaxElements-2))
	if f := bpmn.Check(p, nil); len(f) > 0 {
		t.Errorf("found %v", f[0])
	}
	huge := long(40_000)
	if len(huge) < bpmn.MaxBytes*2/3 {
		t.Fatalf("only %d bytes", len(huge))
	}
	p = mustRead(t, huge)
	if f := bpmn.Check(p, nil); len(f) != 1 || f[0].Key != "bpmn.check.too_many" {
		t.Errorf("found %v", f)
	}
}

func FuzzRead(f *testing.F) {
	samples, err := bpmn.Gallery()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range samples {
		f.Add(s.Source)
	}
	f.Add(file(`<message id="m"/>`, around(`<subProcess id="a"><userTask id="u"/></subProcess>`)))
	f.Fuzz(func(t *testing.T, source []byte) {
		p, err := bpmn.Read(source)
		if err != nil {
			if _, ok := fault.Of(err); !ok {
				t.Fatalf("an error nobody can be told: %v", err)
			}
			return
		}
		if len(p.Elements) > 200 {
			return
		}
		bpmn.Check(p, nil)
		again, err := bpmn.Read(bpmn.Write(p))
		if err != nil {
			t.Fatalf("what was written does not read: %v", err)
		}
		if fmt.Sprint(len(again.Elements), len(again.Flows)) != fmt.Sprint(len(p.Elements), len(p.Flows)) {
			t.Fatal("writing lost something")
		}
	})
}
