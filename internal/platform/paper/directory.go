package paper

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Bits and methods of a zip (APPNOTE 4.4.4).
const (
	zipEncrypted  = 1 << 0
	zipDescriptor = 1 << 3  // sums and sizes stand behind the part
	zipStrong     = 1 << 6  // encrypted too
	zipMasked     = 1 << 13 // the directory is encrypted
	mostExtra     = 1 << 10
	mostTail      = 24 // of a data descriptor, the longest there is
)

// span is where a part lies.
type span struct {
	from, to int
	tail     int // how many bytes may stand between it and what follows
}

// soundDirectory refuses an archive that two readers may read differently: one in several files, with something before, behind or between its parts, with
// parts that lie over one another, with a directory that says other than what stands before the parts. [ErrFormat] for what is no archive at all.
func soundDirectory(b []byte) error {
	end := bytes.LastIndex(b, []byte(zipEndSign))
	if end < 0 || len(b)-end < zipEnd {
		return ErrFormat
	}
	e := b[end:]
	n, size, at := int(binary.LittleEndian.Uint16(e[10:])), int(binary.LittleEndian.Uint32(e[12:])), int(binary.LittleEndian.Uint32(e[16:]))
	switch {
	case binary.LittleEndian.Uint32(e[4:]) != 0 || int(binary.LittleEndian.Uint16(e[8:])) != n:
		return damaged("the archive is in several files")
	case len(e) != zipEnd || binary.LittleEndian.Uint16(e[20:]) != 0:
		return damaged("the archive has something behind its end")
	case n == 0 || n > mostParts:
		return damaged("%d parts", n)
	case at+size != end:
		return damaged("the archive's directory is not before its end")
	}
	spans := make([]span, n)
	next := at
	for i := range spans {
		var err error
		if spans[i], next, err = soundPart(b[:end], next, at); err != nil {
			return err
		}
	}
	if next != end {
		return damaged("the archive's directory has something behind its last part")
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	before := span{}
	for _, s := range append(spans, span{from: at}) {
		if gap := s.from - before.to; gap < 0 || gap > before.tail {
			return damaged("something lies between the archive's parts")
		}
		before = s
	}
	return nil
}

// soundPart compares a directory's entry with what stands before its part. directory is where the parts must end.
func soundPart(b []byte, at, directory int) (s span, next int, err error) {
	if at+zipEntry > len(b) || string(b[at:at+4]) != zipEntrySign {
		return s, 0, damaged("the archive's directory is cut off")
	}
	e := b[at:]
	flags, names, extra, comment := binary.LittleEndian.Uint16(e[8:]), int(binary.LittleEndian.Uint16(e[28:])), int(binary.LittleEndian.Uint16(e[30:])), int(binary.LittleEndian.Uint16(e[32:]))
	packed, local := int(binary.LittleEndian.Uint32(e[20:])), int(binary.LittleEndian.Uint32(e[42:]))
	next = at + zipEntry + names + extra + comment
	switch {
	case next > len(b) || extra > mostExtra || comment > 0:
		return s, 0, damaged("the archive's directory has an entry that is too long")
	case flags&(zipEncrypted|zipStrong|zipMasked) != 0:
		return s, 0, damaged("the archive is encrypted")
	case binary.LittleEndian.Uint16(e[34:]) != 0:
		return s, 0, damaged("the archive is in several files")
	case local+zipLocal > directory || string(b[local:local+4]) != zipLocalSign:
		return s, 0, damaged("the archive's directory leads nowhere")
	}
	l := b[local:]
	from := local + zipLocal + int(binary.LittleEndian.Uint16(l[26:])) + int(binary.LittleEndian.Uint16(l[28:]))
	if from > directory || packed > directory-from {
		return s, 0, damaged("a part of the archive is cut off")
	}
	same := binary.LittleEndian.Uint16(l[6:]) == flags && bytes.Equal(l[8:10], e[10:12]) && int(binary.LittleEndian.Uint16(l[26:])) == names &&
		int(binary.LittleEndian.Uint16(l[28:])) <= mostExtra && bytes.Equal(l[zipLocal:zipLocal+names], e[zipEntry:zipEntry+names])
	s = span{from: local, to: from + packed}
	if flags&zipDescriptor != 0 {
		s.tail = mostTail
	} else {
		same = same && bytes.Equal(l[14:26], e[16:28]) // the sum and both sizes
	}
	if !same {
		return s, 0, damaged("a part of the archive is not what the directory says")
	}
	return s, next, nil
}
