package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"xiangyun/internal/platform/config"
)

func file(t *testing.T, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "x.toml")
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOrder(t *testing.T) {
	c, err := config.Load(file(t, "listen = \"127.0.0.1:1\"\ndata = \"a\"\n"), []string{"XIANGYUN_DATA=b", "XIANGYUN_DEMO=true", "OTHER=c"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:1" || c.Data != "b" || !c.Demo || c.LogLevel != "info" {
		t.Errorf("got %+v", c)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestUnknownKey(t *testing.T) {
	if _, err := config.Load(file(t, "lisen = \"x\"\n"), nil); err == nil || !strings.Contains(err.Error(), "lisen") {
		t.Errorf("a misspelt key gave %v", err)
	}
	if _, err := config.Load("", []string{"XIANGYUN_DEMO=perhaps"}); err == nil || !strings.Contains(err.Error(), "XIANGYUN_DEMO") {
		t.Errorf("a bad variable gave %v", err)
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	c := config.Config{Listen: "nowhere", DatabaseURL: "mysql://x", PublicURL: "x", TLSKey: "k", LogLevel: "loud", LogOrigin: "a b"}
	err := c.Validate()
	for _, key := range []string{"listen", "data", "database_url", "public_url", "tls_certificate", "upload_limit", "upload_waiting_files", "upload_officer_times", "session_idle", "log_level", "log_format", "log_origin", "sign_in"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("nothing about %s in: %v", key, err)
		}
	}
}

func TestPrintHidesPasswords(t *testing.T) {
	c := config.Default()
	c.DatabaseURL = "postgres://xiangyun:secret@db/x"
	var b strings.Builder
	if err := c.Print(&b); err != nil || strings.Contains(b.String(), "secret") || !strings.Contains(b.String(), "xiangyun@db") {
		t.Errorf("%v: %s", err, b.String())
	}
}
