package design

import (
	"context"
	"net/http"
	"strconv"
)

// RegionPickerParams ask for one of the five levels of regions; see [RegionPicker]. All its lists carry the same Name;
// [RegionValue] finds the chosen code among the values sent. Without scripts a button named Name+".refine" sends the form: the
// page shows itself again with what was typed and the next list.
type RegionPickerParams struct {
	Name     string
	ID       string
	Label    string
	Hint     string
	Error    string
	Value    string                       // 12 digits or empty
	Root     string                       // the region whose children the first list shows; empty for the provinces
	Depth    int                          // the deepest level offered, 1 to 5; 0 for 5
	Children func(parent string) []Option // the regions below one, in order; "" asks for the provinces
	Source   string                       // address of the part's refresh, "/regions/picker" when empty
	Optional bool
}

var regionLengths = [...]int{2, 4, 6, 9, 12}

// regionLevel tells the level of a 12-digit code, 1 (province) to 5 (village), 0 for anything else.
func regionLevel(code string) int {
	if len(code) != 12 {
		return 0
	}
	for i, n := range regionLengths {
		rest := code[n:]
		zero := true
		for _, c := range rest {
			zero = zero && c == '0'
		}
		if zero {
			return i + 1
		}
	}
	return 5
}

// RegionValue returns the deepest region chosen, given all values sent under the picker's name: a list that does not belong
// to the one above it (the person changed the city after choosing a county) is left out.
func RegionValue(sent []string) string {
	chosen := ""
	for _, code := range sent {
		level := regionLevel(code)
		if level == 0 {
			continue
		}
		if chosen != "" {
			n := regionLengths[regionLevel(chosen)-1]
			if code[:n] != chosen[:n] {
				break
			}
		}
		chosen = code
	}
	return chosen
}

// RegionPickerHandler answers the refresh of a [RegionPicker] (GET /regions/picker) with the picker alone; children lists the
// regions below one.
func RegionPickerHandler(children func(ctx context.Context, parent string) []Option) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		name := q.Get("picker")
		depth, _ := strconv.Atoi(q.Get("picker.depth"))
		p := RegionPickerParams{
			Name: name, ID: q.Get("picker.id"), Root: q.Get("picker.root"),
			Depth: depth, Value: RegionValue(q[name]),
			Children: func(parent string) []Option { return children(r.Context(), parent) },
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = regionLists(p).Render(r.Context(), w) // the reader left: nobody to tell
	})
}
