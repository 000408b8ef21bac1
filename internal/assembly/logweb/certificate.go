package logweb

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/audit/monitor"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// kindIssued is the leaf without which a certificate is not valid.
const kindIssued = "cert.issued"

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (s *site) certificates(r *web.Router) {
	r.Page("GET "+apiBase+"/certificates/{identifier}", web.Public, s.certificate)
	r.Document(huma.Operation{OperationID: "get-log-certificate", Method: http.MethodGet, Path: apiBase + "/certificates/{identifier}", Tags: []string{"log"},
		Summary:     "证照签发记录的证明 / proof that the issuing of a certificate is in the log",
		Description: "For whoever holds the file: record is the SM3 digest of the record in it, which nobody can guess. The answer opens the leaf's commitment and proves it. 410 when the certificate ended and was erased.",
		Parameters: []*huma.Param{{Name: "identifier", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}, Example: "1.2.156.3005.2.11100000MB1234567.11220102MB1234567X.202611240001.001.K"},
			{Name: "record", In: "query", Required: true, Schema: &huma.Schema{Type: "string"}, Example: "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"}}})
	r.Page("GET "+apiBase+"/certificate-key", web.Public, s.certificateKey)
	r.Document(huma.Operation{OperationID: "get-certificate-key", Method: http.MethodGet, Path: apiBase + "/certificate-key", Tags: []string{"log"},
		Summary: "电子证照签名公钥 / public key of the certificates", Description: "PEM, SM2."})
}

// certificate is GET /api/v1/log/certificates/{identifier}?record=: the leaf of its issuing, for who holds the file. Without the digest of the very
// record it answers nothing, so that nobody learns from an identifier whose case it was.
func (s *site) certificate(w http.ResponseWriter, r *http.Request) error {
	ctx, identifier, record := r.Context(), r.PathValue("identifier"), r.URL.Query().Get("record")
	if !digest.MatchString(record) {
		return fault.New(fault.Invalid, "log.bad_record").Field("record", "log.bad_record")
	}
	var out monitor.Opening
	gone := false
	err := s.DB.View(ctx, func(tx *db.Tx) error {
		list, err := s.Log.ByObject(ctx, tx, "cert:"+identifier, "", 1)
		if err != nil {
			return err
		}
		if len(list) == 0 || !issued(list[0], record) {
			if gone, err = s.Erased(ctx, tx, identifier); err != nil || gone {
				return err
			}
			return absent(audit.ErrUnknown)
		}
		out, err = s.opening(ctx, tx, list[0])
		return err
	})
	if err != nil {
		return err
	}
	if gone {
		w.WriteHeader(http.StatusGone)
		return nil
	}
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(body) // the caller may have gone
	return nil
}

// issued tells whether a leaf says that the certificate with this record was issued.
func issued(l audit.Leaf, record string) bool {
	var data struct {
		Record string `json:"record"`
	}
	return l.Kind == kindIssued && !l.Erased && json.Unmarshal(l.Data, &data) == nil && data.Record == record
}

func (s *site) opening(ctx context.Context, tx *db.Tx, l audit.Leaf) (monitor.Opening, error) {
	out := monitor.Opening{ID: l.ID, Kind: l.Kind, Actor: l.Actor, Office: l.Office, Subject: l.Subject, Object: l.Object, Basis: l.Basis, AtMilli: l.At.UnixMilli(), Data: l.Data,
		Salt: l.Salt, Commitment: l.Commitment, Proof: [][]byte{}}
	if l.Position == audit.Waiting {
		return out, nil
	}
	p, err := s.Log.Prove(ctx, tx, l.Position)
	if errors.Is(err, audit.ErrUnknown) {
		return out, nil // numbered this moment, signed the next
	}
	out.Position, out.Checkpoint = &l.Position, p.Checkpoint.Note
	out.Proof = append(out.Proof, p.Hashes...)
	return out, err
}

// certificateKey is GET /api/v1/log/certificate-key.
func (s *site) certificateKey(w http.ResponseWriter, _ *http.Request) error {
	return text(w, s.CertificateKey, "public, max-age=300")
}
