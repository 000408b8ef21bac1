package power

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/itemcode"
	"xiangyun/internal/platform/audit"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
	"xiangyun/internal/platform/sheet"
)

// InspectionItem is one inspection item (检查事项) as its offices keep it elsewhere: a fact the list is compared with.
type InspectionItem struct {
	Code      string
	Name      string
	PowerCode string // the power it rests on
	Office    string // name of who inspects
}

// What a table of inspection items may have.
const (
	MostInspections   = 20_000
	LargestInspection = 8 << 20 // bytes of the table
	longestInspection = 200     // characters of a cell
	toldMistakes      = 50      // all are looked for, so many are told
)

// inspectionColumns are the columns of the table, each under its names.
var inspectionColumns = [4][]string{{"code", "检查事项编码"}, {"name", "检查事项名称"}, {"power_code", "职权编码"}, {"office", "实施机关"}}

// LoadInspections puts a table (CSV: code, name, power_code, office) in the place of the inspection items there were, all of it or nothing, and returns how
// many there are. The same again changes nothing. fault.Invalid "power.bad_inspections" with a field for each thing that is wrong, named by its row.
func (s *Service) LoadInspections(ctx context.Context, by actor.Actor, table []byte) (int, error) {
	if err := s.needs.Rights.Check(by, ActInspections, actor.Target{OfficePath: keptAt}); err != nil {
		return 0, err
	}
	list, err := readInspections(table)
	if err != nil {
		return 0, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if err := holdInspections(ctx, tx); err != nil {
			return fmt.Errorf("holding the list of inspection items: %w", err)
		}
		before, err := inspections(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the inspection items: %w", err)
		}
		if slices.Equal(before, list) {
			return nil
		}
		if err := replaceInspections(ctx, tx, list); err != nil {
			return fmt.Errorf("storing the inspection items: %w", err)
		}
		return s.needs.Log.Append(ctx, tx, audit.Entry{Kind: "power.inspections_loaded", Actor: by.Name(), Office: by.OfficePath, Object: "power",
			Data: map[string]any{"items": len(list), "before": len(before), "digest": inspectionDigest(list)}})
	})
	return len(list), err
}

// MayLoadInspections tells whether by may replace the list of inspection items.
func (s *Service) MayLoadInspections(by actor.Actor) bool {
	return s.needs.Rights.Check(by, ActInspections, actor.Target{OfficePath: keptAt}) == nil
}

// Inspections returns every inspection item, by code. It is for who works on the list.
func (s *Service) Inspections(ctx context.Context, by actor.Actor) (list []InspectionItem, err error) {
	if err := s.needs.Rights.Check(by, ActSee, actor.Target{}); err != nil {
		return nil, err
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if list, err = inspections(ctx, tx); err != nil {
			return fmt.Errorf("reading the inspection items: %w", err)
		}
		return nil
	})
	return list, err
}

func inspectionDigest(list []InspectionItem) string {
	sum := sha256.New()
	for _, i := range list {
		fmt.Fprintf(sum, "%q %q %q %q\n", i.Code, i.Name, i.PowerCode, i.Office)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// readInspections reads a table, by code.
func readInspections(table []byte) ([]InspectionItem, error) {
	refusal := fault.New(fault.Invalid, "power.bad_inspections")
	facts, err := sheet.Examine(bytes.NewReader(table))
	if err != nil {
		return nil, fmt.Errorf("reading a table: %w", err)
	}
	rows, err := sheet.NewReader(bytes.NewReader(table), sheet.CSV, facts.Encoding, nil)
	if errors.As(err, new(*sheet.Problem)) {
		return nil, refusal.Field("file", "power.inspections_unreadable")
	} else if err != nil {
		return nil, fmt.Errorf("reading a table: %w", err)
	}
	var at [4]int
	for i, names := range inspectionColumns {
		at[i] = slices.IndexFunc(rows.Columns(), func(c string) bool { return slices.Contains(names, c) })
		if at[i] < 0 {
			refusal.Field("file", "power.inspections_column", strings.Join(names, " / "))
		}
	}
	if err := refusal.OrNil(); err != nil {
		return nil, err
	}
	var list []InspectionItem
	seen := map[string]bool{}
	mistake := func(row int, key string, args ...any) {
		if len(refusal.Fields) < toldMistakes {
			refusal.Field("file", key, append([]any{strconv.Itoa(row)}, args...)...)
		}
	}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if p := (*sheet.Problem)(nil); errors.As(err, &p) {
			mistake(p.Row, "power.inspection_unreadable")
			continue
		} else if err != nil {
			return nil, fmt.Errorf("reading a table: %w", err)
		}
		cell := func(i int) string { return strings.TrimSpace(row.Cells[at[i]]) }
		i := InspectionItem{cell(0), cell(1), cell(2), cell(3)}
		if key := i.wrong(); key != "" {
			mistake(row.Number, key)
			continue
		}
		if seen[i.Code] {
			mistake(row.Number, "power.inspection_twice", i.Code)
		}
		seen[i.Code] = true
		if list = append(list, i); len(list) > MostInspections {
			return nil, refusal.Field("file", "power.inspections_many", MostInspections)
		}
	}
	slices.SortFunc(list, byCode)
	return list, refusal.OrNil()
}

// wrong is what is wrong with a row, as the key of a sentence; "" for nothing.
func (i InspectionItem) wrong() string {
	for _, text := range []string{i.Code, i.Name, i.PowerCode, i.Office} {
		if text == "" || utf8.RuneCountInString(text) > longestInspection {
			return "power.inspection_cells"
		}
	}
	if _, err := itemcode.ParseBase(i.PowerCode); err != nil {
		return "power.inspection_power"
	}
	return ""
}
