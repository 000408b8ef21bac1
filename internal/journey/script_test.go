package journey

import (
	"os/exec"
	"strings"
	"testing"
)

// TestScript runs the main job as a script with nothing but curl and jq.
func TestScript(t *testing.T) {
	s := start(t)
	out, err := exec.Command("bash", "../../scripts/journey.sh", s.URL).CombinedOutput()
	if err != nil {
		t.Fatalf("scripts/journey.sh: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "journey: done") {
		t.Fatalf("the script ended early:\n%s", out)
	}
	t.Logf("%s", out)
	if out, err := s.command("audit", "verify"); err != nil {
		t.Errorf("audit verify beside the running server: %v\n%s", err, out)
	}
}
