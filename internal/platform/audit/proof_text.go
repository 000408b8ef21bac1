package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// proofHead is the first line of C2SP tlog-proof.
const proofHead = "c2sp.org/tlog-proof@v1"

// Text writes the proof as C2SP tlog-proof, with the commitment as its extra data: a file that can be checked without network.
func (p Proof) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofHead, base64.StdEncoding.EncodeToString(p.Commitment), p.Position)
	for _, h := range p.Hashes {
		b.WriteString(base64.StdEncoding.EncodeToString(h) + "\n")
	}
	return b.String() + "\n" + p.Checkpoint.Note
}

// ParseProof reads what [Proof.Text] wrote. Nothing in it is verified: see [VerifyCheckpoint] and [Proof.Verify].
func ParseProof(text string) (p Proof, err error) {
	wrong := errors.New("it is no proof as C2SP tlog-proof has it")
	head, note, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || len(lines) > 3+63 || lines[0] != proofHead {
		return p, wrong
	}
	extra, hasExtra := strings.CutPrefix(lines[1], "extra ")
	index, hasIndex := strings.CutPrefix(lines[2], "index ")
	if p.Commitment, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil || !hasExtra || !hasIndex || len(p.Commitment) != hashSize {
		return p, wrong
	}
	if p.Position, err = strconv.ParseInt(index, 10, 64); err != nil || p.Position < 0 || strconv.FormatInt(p.Position, 10) != index {
		return p, wrong
	}
	for _, line := range lines[3:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != hashSize {
			return p, wrong
		}
		p.Hashes = append(p.Hashes, h)
	}
	p.LeafHash = LeafHash(p.Commitment)
	p.Checkpoint, _, _, err = parseCheckpoint(note)
	return p, err
}
