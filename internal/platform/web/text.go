package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"xiangyun/internal/platform/fault"
)

var errUnreadable = errors.New("the text holds characters that can't be read")

// unmarshal decodes a body, and refuses what encoding/json would let pass: bytes that are no UTF-8 and halves of characters, which it would
// silently replace, and control characters, which no person types and no document can show.
func unmarshal(body []byte, v any) error {
	if !utf8.Valid(body) || !escapesReadable(string(body)) {
		return errUnreadable
	}
	return json.Unmarshal(body, v)
}

// escapesReadable looks at the \\u escapes of a JSON text. Everything else in it is a plain character or an escape that stands for one.
func escapesReadable(body string) bool {
	for {
		at := strings.IndexByte(body, '\\')
		if at < 0 || at+1 >= len(body) {
			return true
		}
		escape := body[at:]
		body = body[at+2:]
		if escape[1] != 'u' {
			continue
		}
		r := unit(escape)
		if utf16.IsSurrogate(r) {
			r = utf16.DecodeRune(r, unit(escape[min(6, len(escape)):]))
			body = escape[min(12, len(escape)):]
		}
		if !readable(r) {
			return false
		}
	}
}

// unit reads one \\u escape; utf8.RuneError where there is none.
func unit(escape string) rune {
	if len(escape) < 6 || escape[:2] != `\u` {
		return utf8.RuneError
	}
	n, err := strconv.ParseUint(escape[2:6], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(n)
}

func readable(r rune) bool {
	return (r >= ' ' || r == '\n' || r == '\r' || r == '\t') && r != 0x7f && r != utf8.RuneError && r != 0xfffe && r != 0xffff
}

// checkForm reads a plain form and refuses the same in it. A form with files is read by its handler, as it comes.
func checkForm(req *http.Request) error {
	if !strings.HasPrefix(req.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return nil
	}
	if err := req.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return err
		}
		return fault.New(fault.Invalid, "page.form_unreadable").Because(err)
	}
	for _, values := range req.PostForm {
		for _, v := range values {
			if !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return !readable(r) }) {
				return fault.New(fault.Invalid, "web.unreadable_text")
			}
		}
	}
	return nil
}
