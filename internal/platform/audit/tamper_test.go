package audit_test

import (
	"strings"
	"testing"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/sm"
	"xiangyun/internal/platform/sm/smtest"
)

// TestTampering changes each thing that is stored, one at a time, and wants it named.
func TestTampering(t *testing.T) {
	h := open(t)
	h.sequence()
	h.append(entries(100)...)
	h.sequence()
	h.append(entries(200)...)
	h.sequence()
	h.append(audit.Entry{Kind: "case.read", Subject: "another", Object: "case:1", Data: map[string]string{"why": "x"}})
	h.whole()
	other, err := audit.New(h.db, smtest.Keyring(t), audit.Params{Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Sign(h.checkpoint())
	if err != nil {
		t.Fatal(err)
	}
	older := audit.Checkpoint{Origin: origin, Size: 99, Root: h.checkpoint().Root}
	lie, err := h.log.Sign(older)
	if err != nil {
		t.Fatal(err)
	}
	flip := make([]byte, sm.Size)
	for name, c := range map[string]struct {
		change string
		args   []any
		where  string
	}{
		"leaf-id":               {`UPDATE audit_leaf SET id = 'x' WHERE position = 7`, nil, "leaf 7"},
		"leaf-kind":             {`UPDATE audit_leaf SET kind = 'case.refused' WHERE position = 7`, nil, "leaf 7"},
		"leaf-actor":            {`UPDATE audit_leaf SET actor = 'x' WHERE position = 7`, nil, "leaf 7"},
		"leaf-office":           {`UPDATE audit_leaf SET office = 'x' WHERE position = 7`, nil, "leaf 7"},
		"leaf-subject":          {`UPDATE audit_leaf SET subject = '' WHERE position = 7`, nil, "leaf 7"},
		"leaf-object":           {`UPDATE audit_leaf SET object = 'case:9' WHERE position = 7`, nil, "leaf 7"},
		"leaf-basis":            {`UPDATE audit_leaf SET basis = 'x' WHERE position = 7`, nil, "leaf 7"},
		"leaf-at":               {`UPDATE audit_leaf SET at = (SELECT b.at FROM audit_leaf b WHERE b.position = 299) WHERE position = 7`, nil, "leaf 7"},
		"leaf-data":             {`UPDATE audit_leaf SET data = '{}' WHERE position = 7`, nil, "leaf 7"},
		"leaf-data-gone":        {`UPDATE audit_leaf SET data = NULL WHERE position = 7`, nil, "leaf 7"},
		"leaf-salt":             {`UPDATE audit_leaf SET salt = $1 WHERE position = 7`, []any{flip}, "leaf 7"},
		"leaf-salt-gone":        {`UPDATE audit_leaf SET salt = NULL WHERE position = 7`, nil, "leaf 7"},
		"leaf-emptied":          {`UPDATE audit_leaf SET salt = NULL, data = NULL, subject = '' WHERE position = 7`, nil, "erasures"},
		"leaf-commitment":       {`UPDATE audit_leaf SET commitment = $1 WHERE position = 7`, []any{flip}, "leaf 7"},
		"leaf-commitment-tile":  {`UPDATE audit_leaf SET commitment = $1, salt = NULL, data = NULL WHERE position = 7`, []any{flip}, "tile 0 of level 0"},
		"leaf-commitment-short": {`UPDATE audit_leaf SET commitment = $1 WHERE position = 7`, []any{flip[:5]}, "leaf 7"},
		"leaf-gone":             {`DELETE FROM audit_leaf WHERE position = 7`, nil, "leaf 7"},
		"leaf-last-gone":        {`DELETE FROM audit_leaf WHERE position = 299`, nil, "tree"},
		"leaf-moved":            {`UPDATE audit_leaf SET position = 300 WHERE position = 7`, nil, "leaf 7"},
		"leaf-added":            {`INSERT INTO audit_leaf SELECT 300, 'x', kind, actor, office, subject, object, basis, at, data, salt, commitment FROM audit_leaf WHERE position = 7`, nil, "leaf 300"},
		"tree-size":             {`UPDATE audit_tree SET size = 299`, nil, "tree"},
		"tree-gone":             {`DELETE FROM audit_tree`, nil, "tree"},
		"tile-hashes":           {`UPDATE audit_tile SET hashes = $1 WHERE level = 0 AND place = 1`, []any{flip}, "tile 1 of level 0"},
		"tile-full":             {`UPDATE audit_tile SET hashes = $1 WHERE level = 0 AND place = 0`, []any{flip}, "tile 0 of level 0"},
		"tile-upper":            {`UPDATE audit_tile SET hashes = $1 WHERE level = 1`, []any{flip}, "tile 0 of level 1"},
		"tile-gone":             {`DELETE FROM audit_tile WHERE level = 0 AND place = 0`, nil, "tile 0 of level 0"},
		"tile-moved":            {`UPDATE audit_tile SET place = 2 WHERE level = 0 AND place = 1`, nil, "tile 1 of level 0"},
		"tile-added":            {`INSERT INTO audit_tile (level, place, hashes) VALUES (2, 0, $1)`, []any{flip}, "tiles"},
		"checkpoint-root":       {`UPDATE audit_checkpoint SET root = $1 WHERE size = 100`, []any{flip}, "checkpoint of 100 leaves"},
		"checkpoint-root-empty": {`UPDATE audit_checkpoint SET root = $1 WHERE size = 0`, []any{flip}, "checkpoint of 0 leaves"},
		"checkpoint-size":       {`UPDATE audit_checkpoint SET size = 99 WHERE size = 100`, nil, "checkpoint of 99 leaves"},
		"checkpoint-below":      {`UPDATE audit_checkpoint SET size = -5 WHERE size = 100`, nil, "checkpoint of -5 leaves"},
		"checkpoint-beyond":     {`UPDATE audit_checkpoint SET size = 400 WHERE size = 300`, nil, "checkpoint of 400 leaves"},
		"checkpoint-note":       {`UPDATE audit_checkpoint SET note = 'x' WHERE size = 100`, nil, "checkpoint of 100 leaves"},
		"checkpoint-signature":  {`UPDATE audit_checkpoint SET note = $1 WHERE size = 300`, []any{foreign}, "checkpoint of 300 leaves"},
		"checkpoint-lie":        {`UPDATE audit_checkpoint SET size = 99, root = $1, note = $2 WHERE size = 100`, []any{older.Root, lie}, "checkpoint of 99 leaves"},
		"waiting-kind":          {`UPDATE audit_inbox SET kind = 'x'`, nil, "waiting leaf"},
		"waiting-subject":       {`UPDATE audit_inbox SET subject = 'x'`, nil, "waiting leaf"},
		"waiting-salt":          {`UPDATE audit_inbox SET salt = NULL`, nil, "waiting leaf"},
		"waiting-emptied":       {`UPDATE audit_inbox SET salt = NULL, data = NULL`, nil, "erasures"},
		"waiting-commitment":    {`UPDATE audit_inbox SET commitment = $1`, []any{flip}, "waiting leaf"},
	} {
		t.Run(name, func(t *testing.T) {
			snapshot := h.snapshot()
			h.exec(c.change, append([]any{}, c.args...)...)
			r := h.verify()
			if !strings.Contains(r.String(), "\n"+c.where) {
				t.Errorf("it was not found: %s", r)
			}
			h.restore(snapshot)
			h.whole()
		})
	}
}

var tables = []string{"leaf", "inbox", "tile", "tree", "checkpoint"}

// snapshot keeps copies of all tables beside them.
func (h *house) snapshot() []string {
	for _, name := range tables {
		h.exec(`CREATE TABLE kept_` + name + ` AS SELECT * FROM audit_` + name)
	}
	return tables
}

func (h *house) restore(names []string) {
	for _, name := range names {
		h.exec(`DELETE FROM audit_` + name)
		h.exec(`INSERT INTO audit_` + name + ` SELECT * FROM kept_` + name)
		h.exec(`DROP TABLE kept_` + name)
	}
}

// TestALogThatContradictsItselfIsNotSigned: a sequencer whose tiles were changed must not sign a second history.
func TestALogThatContradictsItselfIsNotSigned(t *testing.T) {
	for name, change := range map[string]string{
		"tile":      `UPDATE audit_tile SET hashes = (SELECT root FROM audit_checkpoint WHERE size = 0) WHERE level = 0`,
		"note":      `UPDATE audit_checkpoint SET note = replace(note, '1', '2') WHERE size = 1`,
		"cut-short": `UPDATE audit_checkpoint SET size = 9 WHERE size = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			h.sequence()
			h.append(entries(1)...)
			h.sequence()
			h.exec(change)
			h.append(entries(1)...)
			if _, err := h.log.Sequence(t.Context()); err == nil || !strings.Contains(err.Error(), "refusing to sign") {
				t.Errorf("it went on: %v", err)
			}
			if r := h.verify(); r.OK() {
				t.Error("verification sees nothing")
			}
		})
	}
}

func TestErase(t *testing.T) {
	h := open(t)
	h.append(entries(3)...)
	h.append(audit.Entry{Kind: "account.signed_in", Actor: "a account", Object: "account:a account", Data: map[string]string{"address": "203.0.113.7"}},
		audit.Entry{Kind: "agent.added", Actor: "a account", Subject: "a company", Object: "subject:a company", Data: map[string]string{"person": "a person"}},
		audit.Entry{Kind: "data.read", Actor: "an officer", Subject: "another", Object: "subject:b person"},
		audit.Entry{Kind: "person.checked", Actor: "a person", Object: "subject:a person"})
	h.sequence()
	h.append(audit.Entry{Kind: "case.read", Actor: "an officer", Subject: "a person", Object: "case:1", Data: map[string]string{"why": "waiting"}},
		audit.Entry{Kind: "case.read", Actor: "an officer", Subject: "another", Object: "case:9"})
	before := h.checkpoint()
	erase := func(subject string, want int64) {
		t.Helper()
		err := h.db.Update(t.Context(), func(tx *db.Tx) error {
			n, err := h.log.Erase(t.Context(), tx, subject)
			if n != want {
				t.Errorf("%d leaves were erased, want %d", n, want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	erase("", 0)
	erase("a person", 5)
	erase("a person", 0)
	erase("a account", 1)
	r := h.whole()
	if r.Erased != 6 {
		t.Errorf("%d erased leaves are seen", r.Erased)
	}
	h.sequence()
	h.whole()
	h.view(func(tx *db.Tx) error {
		all, err := h.log.Search(t.Context(), tx, audit.Query{}, "", 100)
		if err != nil {
			return err
		}
		for _, l := range all {
			text := strings.Join([]string{l.Actor, l.Subject, l.Object, string(l.Data)}, " ")
			if l.Kind != "agent.added" && (strings.Contains(text, "a person") || strings.Contains(text, "a account")) || strings.Contains(text, "203.0") {
				t.Errorf("the person is still found: %+v", l)
			}
			if l.Erased && (l.Opens() || l.Salt != nil || l.Data != nil || len(l.Commitment) != sm.Size || l.Kind == "") {
				t.Errorf("erased: %+v", l)
			}
			switch l.Kind {
			case "agent.added":
				if l.Subject != "a company" || l.Actor != "a account" || l.Erased || !l.Opens() {
					t.Errorf("the company lost its evidence: %+v", l)
				}
			case "log.erased":
				if l.Subject != "" || strings.Contains(string(l.Data), "person") {
					t.Errorf("the erasure says who: %+v", l)
				}
			case "case.read":
				if l.Erased == (l.Subject == "another") {
					t.Errorf("the wrong one was erased: %+v", l)
				}
			}
		}
		// The old checkpoint still proves what it proved.
		proof, err := h.log.Consistency(t.Context(), tx, before.Size, r.Size)
		if err != nil {
			return err
		}
		p, err := h.log.Prove(t.Context(), tx, 0)
		if err != nil {
			return err
		}
		return errorsOf(audit.VerifyConsistency(before.Size, r.Size, proof, before.Root, r.Root), p.Verify())
	})
}
