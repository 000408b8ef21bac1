package item

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// ParseOverride reads what an office wants to say differently as JSON, and lists by name everything in it that is not an office's own: the elements of
// its base, in order, "guide.materials" for one inside an object. An error is no JSON object, or a value of the wrong type.
func ParseOverride(text []byte) (o Override, elements []string, err error) {
	o, others, err := parseOverride(text)
	return o, slices.Sorted(maps.Keys(others)), err
}

func parseOverride(text []byte) (o Override, others map[string]json.RawMessage, err error) {
	var given map[string]json.RawMessage
	if err := one(text, &given); err != nil {
		return o, nil, err
	}
	if given == nil {
		return o, nil, errors.New("reading an override: no object")
	}
	others = map[string]json.RawMessage{}
	for name, value := range given {
		switch name {
		case "promise_days":
			err = errors.Join(err, one(value, &o.PromiseDays))
		case "visits":
			err = errors.Join(err, one(value, &o.Visits))
		case "contact":
			more, failed := parseContact(value, &o.Contact)
			for _, m := range more {
				others[m] = nil
			}
			err = errors.Join(err, failed)
		case "guide":
			var parts map[string]json.RawMessage
			if one(value, &parts) != nil || len(parts) == 0 {
				others[name] = value
			}
			for part, v := range parts {
				others["guide."+part] = v
			}
		default:
			others[name] = value
		}
	}
	return o, others, err
}

func parseContact(text []byte, c *Contact) (locked []string, err error) {
	var given map[string]json.RawMessage
	if err := one(text, &given); err != nil {
		return nil, err
	}
	to := map[string]*string{"address": &c.Address, "windows": &c.Windows, "hours": &c.Hours, "phone": &c.Phone, "supervise": &c.Supervise}
	for name, value := range given {
		if p := to[name]; p != nil {
			err = errors.Join(err, one(value, p))
		} else {
			locked = append(locked, "contact."+name)
		}
	}
	return locked, err
}

// one reads exactly one JSON value.
func one(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(to); err != nil {
		return fmt.Errorf("reading an override: %w", err)
	}
	if _, err := d.Token(); err != io.EOF { //nolint:errorlint // a wrapped EOF is a text that was cut off
		return errors.New("reading an override: more than one value")
	}
	return nil
}

// ProposeJSON is [Service.ProposeOverride] for another system: it reads the office's words as JSON. What is said of an element that is not locked, as a
// text, is kept as what the entry says ([Stated]) once it is approved. Everything else that is not an office's own is refused with fault.Invalid
// "item.locked_elements", a field for each that says who keeps it.
func (s *Service) ProposeJSON(ctx context.Context, by actor.Actor, code string, text []byte) (*Proposal, error) {
	old, err := s.OwnEntry(ctx, by, code)
	if err != nil {
		return nil, err
	}
	o, others, err := parseOverride(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "item.override_unreadable").Because(err)
	}
	said, err := s.unlocked(ctx, old, others)
	if err != nil {
		return nil, err
	}
	return s.proposeOverride(ctx, by, code, o, said)
}

// elementOf is which of the sixteen elements a name in an office's JSON is about, without "guide." before it; a name that is not here and no element's key
// is a thing no office says.
var elementOf = map[string]string{"levels": ElementLevel, "instant": ElementHandling, "legal_unit": ElementLegalDays, "legal_note": ElementLegalDays, "steps": ElementProcedure,
	"suspend": ElementProcedure, "results": ElementResult, "fees": ElementFee, "fee_note": ElementFee}

// unlocked returns what an office says of elements that are not locked, by element, and refuses the rest.
func (s *Service) unlocked(ctx context.Context, own *Own, others map[string]json.RawMessage) (said map[string]string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		said = map[string]string{}
		list, err := elements(ctx, tx)
		if err != nil {
			return fmt.Errorf("reading the elements: %w", err)
		}
		var refusal *fault.Error
		for _, name := range slices.Sorted(maps.Keys(others)) {
			key := strings.TrimPrefix(name, "guide.")
			key = cmp.Or(elementOf[key], key)
			e := Element{Locked: true, Keeper: 2} // what is no element at all the province keeps
			if at := slices.IndexFunc(list, func(e Element) bool { return e.Key == key }); at >= 0 {
				e = list[at]
			}
			text := ""
			if !e.Locked && one(others[name], &text) == nil && text != "" && utf8.RuneCountInString(text) <= longestSaid {
				said[key] = text
				continue
			}
			office, err := s.keeperOf(ctx, tx, own, e.Keeper)
			if err != nil {
				return err
			}
			if refusal == nil {
				refusal = fault.New(fault.Invalid, "item.locked_elements", office)
			}
			if e.Locked {
				refusal.Field(short(name), "item.locked_element", short(name), office)
			} else {
				refusal.Field(short(name), "item.element_is_text", short(name))
			}
		}
		if refusal != nil {
			return refusal
		}
		return nil
	})
	return said, err
}

// longestName bounds what is repeated of a name somebody made up.
const longestName = 60

func short(name string) string {
	name = strings.ToValidUTF8(name, "")
	if r := []rune(name); len(r) > longestName {
		return string(r[:longestName]) + "…"
	}
	return name
}

// keeperOf names the office that answers for an element of an entry: that of its department at the level that keeps the element, above the entry's own;
// where there is none, the province's.
func (s *Service) keeperOf(ctx context.Context, tx *db.Tx, own *Own, level int) (string, error) {
	offices, err := s.needs.Offices.Departments(ctx, tx, own.Base.Department)
	if err != nil {
		return "", fmt.Errorf("reading offices: %w", err)
	}
	name := own.Base.Code()
	for _, o := range offices {
		if int(exercisingLevel(o.Region)) == level && o.Region.Contains(own.Region) {
			return o.Name, nil
		}
		if o.Region.Level() == region.Province {
			name = o.Name
		}
	}
	return name, nil
}
