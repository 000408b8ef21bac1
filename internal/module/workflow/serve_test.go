package workflow_test

import (
	"context"
	"testing"
	"time"

	"xiangyun/internal/module/workflow"
	"xiangyun/internal/module/workflow/machine"
	"xiangyun/internal/module/workflow/process"
)

// A handler that heeds no limit holds up nobody, one that nobody wrote neither: both become incidents, and what a late one brings is not heard.
func TestServicesThatNeverAnswer(t *testing.T) {
	e := newEngine(t)
	e.deploy("hangs", elements{{ID: "v", Kind: process.ServiceTask, Handler: "hangs"}, user("a")}, "start v", "v a", "a end")
	e.deploy("nobody", elements{{ID: "v", Kind: process.ServiceTask, Handler: "nobody"}, user("a")}, "start v", "v a", "a end")
	release, left := make(chan struct{}), make(chan struct{})
	e.flows.Handle("hangs", workflow.Handler{Limit: time.Millisecond, Attempts: 1, Run: func(context.Context, workflow.Call) (map[string]any, error) {
		<-release
		close(left)
		return nil, nil
	}})
	e.start("hangs", "one", nil)
	e.start("nobody", "two", nil)
	e.drain()
	close(release)
	<-left
	e.drain()
	list, err := e.flows.Incidents(t.Context(), keeper, "", 10)
	if err != nil || len(list) != 2 || list[0].Reason != machine.Service || list[1].Reason != machine.Service {
		t.Fatalf("%+v %v", list, err)
	}
	page, err := e.flows.Incidents(t.Context(), keeper, list[0].ID, 10)
	if err != nil || len(page) != 1 || page[0].ID != list[1].ID {
		t.Errorf("the next page is %+v %v", page, err)
	}
	e.want("one", "")
}
