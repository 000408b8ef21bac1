package workday

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed notices extras.json
var data embed.FS

var embedded = sync.OnceValues(func() ([]Notice, []Extra) {
	files, err := data.ReadDir("notices")
	if err != nil {
		panic(err)
	}
	var notices []Notice
	for _, f := range files {
		text, err := data.ReadFile("notices/" + f.Name())
		if err != nil {
			panic(err)
		}
		n, err := ParseNotice(text)
		if err != nil {
			panic(fmt.Sprintf("workday: reading the embedded %s: %v", f.Name(), err))
		}
		notices = append(notices, n)
	}
	text, err := data.ReadFile("extras.json")
	if err != nil {
		panic(err)
	}
	var extras []Extra
	if err := json.Unmarshal(text, &extras); err != nil {
		panic(fmt.Sprintf("workday: reading the embedded extras: %v", err))
	}
	return notices, extras
})

// Notices returns the embedded notices by year. The caller may change the slice, not the days in it.
func Notices() []Notice {
	n, _ := embedded()
	return slices.Clone(n)
}

// Extras returns the embedded holidays of regions, the doubtful ones included, so that an administrator can see and confirm them.
func Extras() []Extra {
	_, e := embedded()
	return slices.Clone(e)
}
