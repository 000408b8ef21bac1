package web

import "embed"

// Words holds this package's own words.
//
//go:embed locale/*.toml
var Words embed.FS
