// Package web holds what browsers fetch besides pages: the style sheet, the script, the mark, and the fonts that documents are
// written with. build.sh makes them from the sources in this folder and internal/design/css; the binary carries them.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"sync"
)

// Dist is the built files, below "dist". In a tree where build.sh has not run it is empty but for a placeholder.
//
//go:embed all:dist
var Dist embed.FS

// Files returns the built files without the "dist" before their names.
func Files() fs.FS {
	sub, err := fs.Sub(Dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return sub
}

var versions sync.Map // file name → its address

// Href returns the address of a built file, with a version that changes with its content: answers to an address with "v" may
// be kept by browsers for ever.
func Href(name string) string {
	if href, ok := versions.Load(name); ok {
		return href.(string)
	}
	href := "/assets/" + name
	if b, err := Dist.ReadFile("dist/" + name); err == nil {
		sum := sha256.Sum256(b)
		href += "?v=" + hex.EncodeToString(sum[:5])
	}
	versions.Store(name, href)
	return href
}
