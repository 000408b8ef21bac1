package assembly

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/audit/witness"
	"xiangyun/internal/platform/sm"
)

// demoWitnesses are the two of the demo province. They run in the process they watch and so prove nothing; their names say it.
var demoWitnesses = []string{"demo.witness/one", "demo.witness/two"}

// openWitnesses finds who cosigns the log: those of the configuration, or in the demo province two of our own with key and state below the data folder.
func (a *App) openWitnesses() (close func() error, err error) {
	list, err := Witnesses(a.Config.LogWitnesses)
	if err != nil {
		return nil, err
	}
	var opened []*witness.Witness
	close = func() error {
		var errs []error
		for _, w := range opened {
			errs = append(errs, w.Close())
		}
		return errors.Join(errs...)
	}
	if a.Config.Demo && len(list) == 0 {
		for _, name := range demoWitnesses {
			w, err := witness.Open(witness.Params{Name: name, Folder: filepath.Join(a.Config.Data, "witness", filepath.Base(name)), Logs: a.Audit.Keys()})
			if err != nil {
				a.Log.Warn("the demo province goes without a witness", "witness", name, "error", err) // another node of it has the folder
				continue
			}
			opened, list = append(opened, w), append(list, w)
		}
	}
	a.Audit.SetWitnesses(list)
	return close, nil
}

// Witnesses reads the configuration's log_witnesses.
func Witnesses(text string) (out []audit.Witness, err error) {
	for entry := range strings.SplitSeq(text, ",") {
		parts := strings.Fields(entry)
		if len(parts) == 0 {
			continue
		}
		if len(parts) != 2 {
			return nil, fmt.Errorf("log_witnesses: %q is not an address and a key", strings.TrimSpace(entry))
		}
		key, err := audit.ParseKey(parts[1])
		if err != nil || !key.Witness {
			return nil, fmt.Errorf("log_witnesses: %q is no key of a witness", parts[1])
		}
		if u, err := url.Parse(parts[0]); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, fmt.Errorf("log_witnesses: %q must be https://HOST", parts[0])
		}
		out = append(out, &witness.Remote{URL: parts[0], Public: key})
	}
	return out, nil
}

// certificateKey is the public key of certificates, in PEM: with it and a monitor anybody can check a certificate against the log.
func (a *App) certificateKey() (string, error) {
	key, err := a.Keys.PublicKey(sm.CertificateSigner)
	if err != nil {
		return "", err
	}
	text, err := sm.MarshalPublicKey(key)
	return string(text), err
}
