package logweb

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/module/office"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/web"
)

// apiBase is the prefix of the log, in the sense of C2SP tlog-tiles.
const apiBase = "/api/v1/log"

func (s *site) api(r *web.Router) {
	r.Page("GET "+apiBase+"/checkpoint", web.Public, s.checkpoint)
	r.Document(huma.Operation{OperationID: "get-log-checkpoint", Method: http.MethodGet, Path: apiBase + "/checkpoint", Tags: []string{"log"}, Summary: "公开日志的最新检查点 / the newest signed checkpoint",
		Description: "A C2SP tlog-checkpoint: origin, size, root; an Ed25519 and an SM2 signature, and a C2SP cosignature/v1 of each witness that signed it.",
		Parameters:  []*huma.Param{{Name: "witnesses", In: "query", Description: "the newest checkpoint that at least so many witnesses signed", Schema: &huma.Schema{Type: "integer"}, Example: 2}}})
	r.Page("GET "+apiBase+"/keys", web.Public, s.keys)
	r.Document(huma.Operation{OperationID: "list-log-keys", Method: http.MethodGet, Path: apiBase + "/keys", Tags: []string{"log"}, Summary: "检查点的公钥 / public keys of the checkpoints",
		Description: "One key a line: name+id+base64. Keep them from before: keys fetched with the checkpoint prove nothing."})
	r.Page("GET "+apiBase+"/tile/{path...}", web.Public, s.tile)
	r.Document(huma.Operation{OperationID: "get-log-tile", Method: http.MethodGet, Path: apiBase + "/tile/{path}", Tags: []string{"log"}, Summary: "日志的哈希块 / tiles and entry bundles",
		Description: "C2SP tlog-tiles with SM3: L/N[.p/W], entries/N[.p/W], N in groups of three digits (x001/x234/067). An entry is the commitment of a leaf.",
		Parameters:  []*huma.Param{{Name: "path", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}, Example: "0/000.p/12"}}})
	s.certificates(r)
	web.Register(r, web.SignedIn, huma.Operation{OperationID: "get-case-proof", Method: http.MethodGet, Path: "/api/v1/cases/{number}/proof", Tags: []string{"log"},
		Summary: "办件的日志与包含证明 / log leaves of a case with inclusion proofs"}, s.proof)
}

// checkpoint is GET /api/v1/log/checkpoint.
func (s *site) checkpoint(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var c audit.Checkpoint
	witnesses, err := strconv.ParseUint(or(r.URL.Query().Get("witnesses"), "0"), 10, 8)
	if err != nil {
		return fault.New(fault.Invalid, "log.bad_witnesses").Because(err)
	}
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		c, err = s.Log.Published(ctx, tx, int(witnesses))
		return absent(err)
	})
	if err != nil {
		return err
	}
	return text(w, c.Note, "no-cache")
}

// keys is GET /api/v1/log/keys.
func (s *site) keys(w http.ResponseWriter, _ *http.Request) error {
	var lines strings.Builder
	for _, k := range s.Log.Keys() {
		lines.WriteString(k.String() + "\n")
	}
	return text(w, lines.String(), "public, max-age=300")
}

func text(w http.ResponseWriter, body, cache string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Access-Control-Allow-Origin", "*") // public data: anybody's page may check it
	_, _ = w.Write([]byte(body))                       // the caller may have gone
	return nil
}

// tile is GET /api/v1/log/tile/{path...}. A full tile never changes; a partial one is the beginning of what it grows into, so it doesn't
// either, but nobody asks for it for long.
func (s *site) tile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	path := "tile/" + r.PathValue("path")
	p, err := audit.ParseTilePath(path)
	if err != nil {
		return absent(err)
	}
	var body []byte
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		body, err = s.Log.Tile(ctx, tx, path)
		return absent(err)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	if p.Full() {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(body) // the caller may have gone
	return nil
}

type proofInput struct {
	Number string `path:"number" maxLength:"40"`
	After  string `query:"after" maxLength:"40" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"200"`
}

type proofOutput struct {
	Body struct {
		Leaves []leafJSON `json:"leaves" doc:"oldest first"`
		Next   string     `json:"next"`
	}
}

type leafJSON struct {
	Kind       string     `json:"kind"`
	At         time.Time  `json:"at"`
	Position   *int64     `json:"position" doc:"in the tree, from 0; null while it waits for its number, a second or so"`
	LeafHash   []byte     `json:"leaf_hash" doc:"SM3(0x00 ‖ commitment)"`
	Commitment []byte     `json:"commitment" doc:"SM3(salt ‖ canonical entry)"`
	Proof      [][]byte   `json:"proof" doc:"RFC 6962 audit path with SM3, from the leaf up"`
	TreeSize   int64      `json:"tree_size" doc:"of the checkpoint; 0 while none reaches the leaf"`
	Root       []byte     `json:"root"`
	Checkpoint string     `json:"checkpoint" doc:"the signed note of that size and root"`
	Entry      *entryJSON `json:"entry,omitempty" doc:"what was committed to; only for the subject and the auditor"`
}

type entryJSON struct {
	ID      string          `json:"id"`
	Actor   string          `json:"actor"`
	Office  string          `json:"office"`
	Subject string          `json:"subject"`
	Object  string          `json:"object"`
	Basis   string          `json:"basis"`
	AtMilli int64           `json:"at_milli" doc:"the instant as it is committed to"`
	Data    json.RawMessage `json:"data" doc:"null where the entry has none"`
	Salt    []byte          `json:"salt"`
}

// proof is GET /api/v1/cases/{number}/proof.
func (s *site) proof(ctx context.Context, in *proofInput) (*proofOutput, error) {
	by := actor.FromContext(ctx)
	if err := s.MaySee(ctx, by, in.Number); err != nil {
		return nil, err
	}
	audits := s.audits(by)
	out := &proofOutput{}
	var list []audit.Leaf
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		list, err = s.Log.ByObject(ctx, tx, "case:"+in.Number, in.After, in.Limit+1)
		return err
	})
	if err == nil && audits && len(list) > 0 {
		err = s.Offices.ReadLog(ctx, by, office.LogReading{Asked: map[string]string{"object": "case:" + in.Number}, Subject: list[0].Subject})
	}
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx *db.Tx) (err error) {
		if !audits {
			if err := s.veil(ctx, tx, list); err != nil {
				return err
			}
		}
		if len(list) > in.Limit {
			list = list[:in.Limit]
			out.Body.Next = list[in.Limit-1].ID
		}
		out.Body.Leaves = make([]leafJSON, len(list))
		for i, l := range list {
			if out.Body.Leaves[i], err = s.leafJSON(ctx, tx, l, audits || owns(by, l)); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func entryOf(l audit.Leaf) *entryJSON {
	return &entryJSON{l.ID, l.Actor, l.Office, l.Subject, l.Object, l.Basis, l.At.UnixMilli(), l.Data, l.Salt}
}

func (s *site) leafJSON(ctx context.Context, tx *db.Tx, l audit.Leaf, opened bool) (leafJSON, error) {
	out := leafJSON{Kind: l.Kind, At: l.At, LeafHash: audit.LeafHash(l.Commitment), Commitment: l.Commitment, Proof: [][]byte{}, Root: []byte{}}
	if opened && !l.Erased && !veiled(l) {
		out.Entry = entryOf(l)
	}
	if l.Position == audit.Waiting {
		return out, nil
	}
	out.Position = &l.Position
	p, err := s.Log.Prove(ctx, tx, l.Position)
	if errors.Is(err, audit.ErrUnknown) {
		return out, nil // numbered this moment, signed the next
	}
	if err != nil {
		return out, err
	}
	out.TreeSize, out.Root, out.Checkpoint = p.Checkpoint.Size, p.Checkpoint.Root, p.Checkpoint.Note
	out.Proof = append(out.Proof, p.Hashes...)
	return out, nil
}
