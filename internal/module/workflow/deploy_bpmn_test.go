package workflow_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/bpmn"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/db/dbtest"
	"xiangyun/internal/platform/fault"
)

var (
	draughtsman = actor.Actor{Kind: actor.Officer, Account: "keeper", Subject: "person", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	second      = actor.Actor{Kind: actor.Officer, Account: "second", Subject: "another", OfficePath: "22", Duties: []actor.Duty{{Role: "keeper", OfficePath: "22"}}}
	program     = actor.Program("test")
	window      = actor.Actor{Kind: actor.Officer, Account: "window", OfficePath: "220102d90", Duties: []actor.Duty{{Role: "window", OfficePath: "220102d90"}}}
)

// shelf is Definitions with neighbours that grant by role and count leaves.
type shelf struct {
	*workflow.Definitions
	db     *db.DB
	mu     sync.Mutex
	leaves []audit.Entry
}

func (s *shelf) Check(by actor.Actor, _ string, _ actor.Target) error {
	if by.Has("keeper") || by.Kind == actor.System {
		return nil
	}
	return fault.New(fault.Forbidden, "workflow.not_your_task")
}

func (s *shelf) Append(_ context.Context, _ *db.Tx, e audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leaves = append(s.leaves, e)
	return nil
}

func openShelf(t *testing.T) *shelf {
	s := &shelf{db: dbtest.Open(t, workflow.Schema)}
	s.Definitions = workflow.NewDefinitions(s.db, workflow.DefinitionNeeds{Rights: s, Log: s})
	return s
}

func sample(t *testing.T, key string) []byte {
	t.Helper()
	all, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Key == key {
			return s.Source
		}
	}
	t.Fatalf("no sample %s", key)
	return nil
}

func TestDeployBPMN(t *testing.T) {
	s, ctx, source := openShelf(t), t.Context(), sample(t, "hearing")
	if _, err := s.Deploy(ctx, window, source, 0); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window deployed: %v", err)
	}
	if _, err := s.Deploy(ctx, draughtsman, source, 0); !fault.HasKey(err, "workflow.four_eyes") {
		t.Errorf("a keeper deployed alone: %v", err)
	}
	d, err := s.Deploy(ctx, program, source, 0)
	if err != nil || d.Key != "hearing" || d.Version != 1 {
		t.Fatalf("gave %+v %v", d, err)
	}
	if d, err = s.Deploy(ctx, program, source, 1); err != nil || !d.Same || d.Version != 1 || len(s.leaves) != 1 {
		t.Errorf("the same again gave %+v %v, %d leaves", d, err, len(s.leaves))
	}
	changed := bytes.Replace(source, []byte(`name="审查"`), []byte(`name="审核"`), 1)
	if _, err = s.Deploy(ctx, program, changed, 0); !fault.HasKey(err, "workflow.deployed_meanwhile") {
		t.Errorf("a source begun with nothing replaced version 1: %v", err)
	}
	if d, err = s.Deploy(ctx, program, changed, 1); err != nil || d.Version != 2 {
		t.Errorf("gave %+v %v", d, err)
	}
	got, n, err := s.Source(ctx, draughtsman, "hearing", 1)
	if err != nil || n != 1 || !bytes.Equal(got, source) {
		t.Errorf("version 1 is not what was deployed: %v", err)
	}
	if _, n, err = s.Source(ctx, draughtsman, "hearing", 0); err != nil || n != 2 {
		t.Errorf("the newest is %d, %v", n, err)
	}
	if _, _, err = s.Source(ctx, draughtsman, "hearing", 9); !fault.Is(err, fault.NotFound) {
		t.Errorf("version 9 gave %v", err)
	}
	if versions, err := s.Versions(ctx, draughtsman, "hearing", 0, 10); err != nil || len(versions) != 2 || versions[0].Version != 2 {
		t.Errorf("versions are %v, %v", versions, err)
	}
}

func TestDeployRefusesWhatIsWrong(t *testing.T) {
	s, ctx := openShelf(t), t.Context()
	broken := bytes.Replace(sample(t, "review_and_check"), []byte(`role="reviewer" `), nil, 1)
	if _, err := s.Deploy(ctx, program, broken, 0); !fault.HasKey(err, "bpmn.refused") {
		t.Errorf("gave %v", err)
	}
	if _, err := s.Deploy(ctx, program, []byte("<a/>"), 0); !fault.HasKey(err, "bpmn.refused") {
		t.Errorf("gave %v", err)
	}
	calling := bytes.Replace(bytes.Replace(sample(t, "instant"), []byte(`<bpmn:userTask id="decide" name="当场办理">`), []byte(`<bpmn:callActivity id="decide" calledElement="hearing">`), 1),
		[]byte("</bpmn:userTask>\n    <bpmn:userTask id=\"deliver\""), []byte("</bpmn:callActivity>\n    <bpmn:userTask id=\"deliver\""), 1)
	calling = bytes.Replace(calling, []byte(`<xiangyun:duty action="decide" role="chief" place="office"/>`), nil, 1)
	if _, err := s.Deploy(ctx, program, calling, 0); !fault.HasKey(err, "bpmn.refused") {
		t.Errorf("a process that calls nobody gave %v", err)
	}
	if _, err := s.Deploy(ctx, program, sample(t, "hearing"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Deploy(ctx, program, calling, 0); err != nil {
		t.Errorf("a process that calls what is deployed gave %v", err)
	}
	if len(s.leaves) != 2 {
		t.Errorf("%d leaves", len(s.leaves))
	}
}

// TestDeployTwoAtOnce lets many deploy different changes of one version: one of them wins.
func TestDeployTwoAtOnce(t *testing.T) {
	s, source := openShelf(t), sample(t, "instant")
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = s.Deploy(context.Background(), program, bytes.Replace(source, []byte(`name="受理"`), []byte(`name="受理`+string(rune('甲'+i))+`"`), 1), 0)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.HasKey(err, "workflow.deployed_meanwhile"):
			t.Error(err)
		}
	}
	if won != 1 || len(s.leaves) < 1 {
		t.Errorf("%d won", won)
	}
}

func TestList(t *testing.T) {
	s, ctx := openShelf(t), t.Context()
	all, err := bpmn.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		if _, err := s.Deploy(ctx, program, g.Source, 0); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for after := ""; ; {
		rows, err := s.List(ctx, draughtsman, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if seen[r.DefinitionKey] {
				t.Errorf("%s is listed twice", r.DefinitionKey)
			}
			seen[r.DefinitionKey] = true
			after = r.DefinitionKey
		}
		if len(rows) < 3 {
			break
		}
	}
	if len(seen) != len(all) {
		t.Errorf("%d of %d are listed", len(seen), len(all))
	}
	if _, err := s.List(ctx, window, "", 3); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window lists: %v", err)
	}
}

// TestShortFormsAreDrawn reads the demo's flows as BPMN.
func TestShortFormsAreDrawn(t *testing.T) {
	s, ctx := openShelf(t), t.Context()
	files, err := filepath.Glob("../../assembly/demo/catalogue/flows/*.json")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d flows, %v", len(files), err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		d, err := workflow.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		err = s.db.Update(ctx, func(tx *db.Tx) error {
			_, err := workflow.New(s.db, workflow.Needs{}).Deploy(ctx, tx, text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		source, _, err := s.Source(ctx, draughtsman, d.Key, 0)
		if err != nil {
			t.Fatal(err)
		}
		p, findings, err := s.Examine(ctx, draughtsman, source)
		if err != nil || len(findings) > 0 || len(p.Elements) != len(d.Nodes) {
			t.Errorf("%s: %v %v", f, findings, err)
		}
	}
}
