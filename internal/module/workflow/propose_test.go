package workflow_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/workflow"
	"xiangyun/internal/platform/fault"
)

// renamed is a source with another name of its first task.
func renamed(source []byte, name string) []byte {
	return bytes.Replace(source, []byte(`name="受理"`), []byte(`name="`+name+`"`), 1)
}

func (s *shelf) kinds() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, l := range s.leaves {
		out = append(out, strings.TrimPrefix(l.Kind, "workflow."))
	}
	return strings.Join(out, " ")
}

// TestProposeAndApprove takes a process to the shelf by two persons: neither the author, nor the author under another account, nor a deputy of his.
func TestProposeAndApprove(t *testing.T) {
	s, ctx, source := openShelf(t), t.Context(), sample(t, "instant")
	if _, err := s.Propose(ctx, window, source, 0); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window proposed: %v", err)
	}
	if _, err := s.Propose(ctx, draughtsman, bytes.Replace(source, []byte(`role="chief" `), nil, 1), 0); !fault.HasKey(err, "bpmn.refused") {
		t.Errorf("what is broken was proposed: %v", err)
	}
	p, err := s.Propose(ctx, draughtsman, source, 0)
	if err != nil || p.State != workflow.Waiting {
		t.Fatalf("%+v %v", p, err)
	}
	if _, err := s.Propose(ctx, second, source, 0); !fault.HasKey(err, "workflow.proposed_already") {
		t.Errorf("the same was proposed twice: %v", err)
	}
	same, deputy := second, second
	same.Subject, deputy.Behalf = draughtsman.Subject, draughtsman.Account
	for name, who := range map[string]actor.Actor{"author": draughtsman, "another account of his": same, "his deputy": deputy} {
		if _, err := s.Approve(ctx, who, p.ID); !fault.HasKey(err, "workflow.own_proposal") {
			t.Errorf("%s approved: %v", name, err)
		}
		if err := s.Return(ctx, who, p.ID, "x"); !fault.HasKey(err, "workflow.own_proposal") {
			t.Errorf("%s returned: %v", name, err)
		}
	}
	if rows, err := s.List(ctx, draughtsman, "", 5); err != nil || len(rows) != 0 {
		t.Fatalf("what waits is deployed: %v %v", rows, err)
	}
	d, err := s.Approve(ctx, second, p.ID)
	if err != nil || d.Key != "instant" || d.Version != 1 {
		t.Fatalf("%+v %v", d, err)
	}
	if _, err := s.Approve(ctx, second, p.ID); !fault.HasKey(err, "workflow.proposal_gone") {
		t.Errorf("approved twice: %v", err)
	}
	if err := s.Return(ctx, second, p.ID, "x"); !fault.HasKey(err, "workflow.proposal_gone") {
		t.Errorf("returned after it was approved: %v", err)
	}
	if _, err := s.Propose(ctx, draughtsman, source, 1); !fault.HasKey(err, "workflow.proposed_nothing") {
		t.Errorf("nothing was proposed: %v", err)
	}
	if got, _, err := s.Source(ctx, second, "instant", 1); err != nil || !bytes.Equal(got, source) {
		t.Errorf("another source is deployed: %v", err)
	}
	if got := s.kinds(); got != "proposed deployed" {
		t.Errorf("leaves are %s", got)
	}
}

func TestProposalIsReturned(t *testing.T) {
	s, ctx := openShelf(t), t.Context()
	p, err := s.Propose(ctx, draughtsman, sample(t, "instant"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, reason := range []string{"", "  ", strings.Repeat("长", 501)} {
		if err := s.Return(ctx, second, p.ID, reason); !fault.HasKey(err, "workflow.return_reason") {
			t.Errorf("the reason %q gave %v", reason, err)
		}
	}
	if err := s.Return(ctx, second, p.ID, "名称不规范"); err != nil {
		t.Fatal(err)
	}
	if p, err = s.Proposal(ctx, draughtsman, p.ID); err != nil || p.State != workflow.Returned || p.Reason != "名称不规范" || p.DecidedBy != "second" {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := s.Approve(ctx, second, p.ID); !fault.HasKey(err, "workflow.proposal_gone") {
		t.Errorf("approved what was returned: %v", err)
	}
	if _, err := s.Propose(ctx, draughtsman, sample(t, "instant"), 0); err != nil {
		t.Errorf("it can't be proposed again: %v", err)
	}
	if _, err := s.Proposal(ctx, second, "nowhere"); !fault.HasKey(err, "workflow.proposal_gone") {
		t.Errorf("an unknown one gave %v", err)
	}
	if list, err := s.Proposals(ctx, second, workflow.Returned, "", 5); err != nil || len(list) != 1 || list[0].Source != "" {
		t.Errorf("%+v %v", list, err)
	}
	if _, err := s.Proposals(ctx, window, workflow.Waiting, "", 5); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a window lists: %v", err)
	}
}

func TestStaleProposalIsRefused(t *testing.T) {
	s, ctx, source := openShelf(t), t.Context(), sample(t, "instant")
	p, err := s.Propose(ctx, draughtsman, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Deploy(ctx, program, renamed(source, "收件"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Approve(ctx, second, p.ID); !fault.HasKey(err, "workflow.proposal_stale") {
		t.Errorf("gave %v", err)
	}
	if p, err = s.Proposal(ctx, second, p.ID); err != nil || p.State != workflow.Waiting {
		t.Errorf("%+v %v", p, err)
	}
}

// TestApproveTwoAtOnce lets many approve proposals of one process, each by several: one version comes of it, and one leaf.
func TestApproveTwoAtOnce(t *testing.T) {
	s, source := openShelf(t), sample(t, "instant")
	var ids []string
	for _, name := range []string{"甲", "乙", "丙"} {
		p, err := s.Propose(t.Context(), draughtsman, renamed(source, name), 0)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID, p.ID)
	}
	var wg sync.WaitGroup
	errs := make([]error, len(ids))
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.Approve(context.Background(), second, ids[i]) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.HasKey(err, "workflow.proposal_gone") && !fault.HasKey(err, "workflow.proposal_stale"):
			t.Error(err)
		}
	}
	versions, err := s.Versions(t.Context(), second, "instant", 0, 10)
	if err != nil || won != 1 || len(versions) != 1 {
		t.Errorf("%d won, versions %v, %v", won, versions, err)
	}
}

// TestCheckIsGivenUp lets whoever asked go away: nothing is checked for him.
func TestCheckIsGivenUp(t *testing.T) {
	s := openShelf(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, _, err := s.Examine(ctx, draughtsman, sample(t, "instant")); !errors.Is(err, context.Canceled) {
		t.Errorf("gave %v", err)
	}
	if _, err := s.Propose(ctx, draughtsman, sample(t, "instant"), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("gave %v", err)
	}
}
