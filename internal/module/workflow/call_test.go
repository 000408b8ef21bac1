package workflow_test

import (
	"testing"
	"time"

	"xiangyun/internal/module/workflow/process"
)

// What is deployed while an instance runs changes nothing of what it calls, nor of what that calls; whoever begins later gets the new version.
func TestCallsKeepTheirVersions(t *testing.T) {
	e := newEngine(t)
	calls := func(id, key string) process.Element {
		return process.Element{ID: id, Kind: process.CallActivity, Calls: key}
	}
	e.deploy("leaf", elements{user("old")}, "start old", "old end")
	e.deploy("middle", elements{user("m"), calls("c", "leaf")}, "start m", "m c", "c end")
	e.deploy("top", elements{user("a"), calls("c", "middle"), calls("late", "later")}, "start a", "a c", "c late", "late end")
	e.exec(`UPDATE workflow_definition SET deployed_at = $1`, dayAgo())
	e.start("top", "case", nil)
	e.exec(`UPDATE workflow_instance SET began_at = $1`, dayAgo().Add(time.Hour)) // what follows is deployed later
	e.deploy("leaf", elements{user("new")}, "start new", "new end")
	e.deploy("later", elements{user("first")}, "start first", "first end")
	e.deploy("later", elements{user("second")}, "start second", "second end")
	e.done("case", "a")
	e.want("case", "m")
	e.done("case", "m")
	e.want("case", "old")
	e.done("case", "old")
	e.want("case", "first") // of what was not there yet, the first
	e.start("top", "other", nil)
	e.done("other", "a")
	e.done("other", "m")
	e.want("other", "new")
}
