package signed

import (
	"slices"
	"strings"
	"time"

	"xiangyun/internal/platform/paper"
	"xiangyun/internal/platform/ses"
)

// Outcome is what came of a check.
type Outcome string

// The outcomes.
const (
	Passed Outcome = "passed"
	Failed Outcome = "failed"
	Silent Outcome = "silent" // there is nothing of the kind, or it says nothing about being genuine
)

// Finding is the outcome of one check. Detail is the end of a key of the locale, "digest.good"; Args fill its line.
type Finding struct {
	Name    string
	Outcome Outcome
	Detail  string
	Args    []any
}

// Signature is one signature of a document.
type Signature struct {
	Name   string    // of the seal; of a PDF, which has none, the name in the signer's certificate
	SealID string    // "" without a seal
	Signer string    // the name in the signer's certificate
	At     time.Time // when it says it was made; zero when it does not say
	Checks []Finding // the ten of a seal, then the timestamp's
}

// What is found out about a document besides its signatures.
const (
	FindWhole       = "whole"       // the file is one its readers can show whole
	FindSigned      = "signed"      // there is a signature
	FindCoverage    = "coverage"    // the signatures cover every file, or every byte
	FindAppended    = "appended"    // nothing was added afterwards
	FindPacked      = "packed"      // of our own files: not a byte differs from what was written
	FindAttachments = "attachments" // files inside the file
	FindScripts     = "scripts"     // what a reader would run or open
)

// Report is what was found out about a file.
type Report struct {
	Format     paper.Format
	Refused    string // why it was not looked at, the end of a key of the locale: "large", "format", "damaged"; "" when it was
	Why        string // for who runs the program: what exactly was refused, in English; may quote names out of the file
	Signatures []Signature
	Findings   []Finding
}

// Valid tells whether the document is signed, every signature holds by every check, and nothing escapes them.
func (r Report) Valid() bool {
	if r.Refused != "" || len(r.Signatures) == 0 {
		return false
	}
	return len(r.Failures()) == 0
}

// Intact tells whether the document is as it was signed, whoever signed it: signature and digest of each signature fit, and nothing escapes them. It is what can be
// said of a stranger whose certificate nobody here vouches for.
func (r Report) Intact() bool {
	if r.Refused != "" || len(r.Signatures) == 0 {
		return false
	}
	return !slices.ContainsFunc(r.Failures(), func(f Finding) bool {
		return !slices.Contains([]string{ses.CheckSigner, ses.CheckMaker, ses.CheckInUse, ses.CheckTime, ses.CheckTimestamps}, f.Name)
	})
}

// Failures are the checks that failed, those of the signatures last.
func (r Report) Failures() []Finding {
	return slices.DeleteFunc(r.all(), func(f Finding) bool { return f.Outcome != Failed })
}

func (r Report) all() (out []Finding) {
	out = append(out, r.Findings...)
	for _, s := range r.Signatures {
		out = append(out, s.Checks...)
	}
	return out
}

func (r *Report) find(name string, outcome Outcome, detail string, args ...any) {
	r.Findings = append(r.Findings, Finding{name, outcome, name + "." + detail, args})
}

// fail turns a check that passed into one that failed.
func (s *Signature) fail(name, why string, args ...any) {
	for i := range s.Checks {
		if c := &s.Checks[i]; c.Name == name && c.Outcome == Passed {
			*c = Finding{name, Failed, name + "." + why, args}
		}
	}
}

// take puts the results of a seal's checks down.
func (s *Signature) take(results []ses.Result) {
	stamped := false
	for _, r := range results {
		stamped = stamped || r.Name == ses.CheckTimestamps
		switch {
		case r.OK:
			s.Checks = append(s.Checks, Finding{r.Name, Passed, r.Name + ".good", nil})
		case strings.HasSuffix(r.Detail, ".not_reached"):
			s.Checks = append(s.Checks, Finding{r.Name, Silent, r.Detail, nil})
		default:
			s.Checks = append(s.Checks, Finding{r.Name, Failed, r.Detail, nil})
		}
	}
	if !stamped {
		s.Checks = append(s.Checks, Finding{ses.CheckTimestamps, Silent, ses.CheckTimestamps + ".absent", nil})
	}
}
