package item

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
	"xiangyun/internal/platform/db"
	"xiangyun/internal/platform/fault"
)

// ParseOverride reads what an office wants to say differently as JSON, and lists by name everything in it that an office may not say: the
// locked elements, in order, "guide.materials" for one inside an object. An error is no JSON object, or a value of the wrong type.
func ParseOverride(text []byte) (o Override, locked []string, err error) {
	var given map[string]json.RawMessage
	if err := one(text, &given); err != nil {
		return o, nil, err
	}
	if given == nil {
		return o, nil, errors.New("reading an override: no object")
	}
	for name, value := range given {
		switch name {
		case "promise_days":
			err = errors.Join(err, one(value, &o.PromiseDays))
		case "visits":
			err = errors.Join(err, one(value, &o.Visits))
		case "contact":
			more, failed := parseContact(value, &o.Contact)
			locked, err = append(locked, more...), errors.Join(err, failed)
		default:
			locked = append(locked, name)
		}
	}
	slices.Sort(locked)
	return o, locked, err
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

// ProposeJSON is [Service.ProposeOverride] for another system: it reads the office's words as JSON and refuses every element an office may not touch
// with fault.Invalid "item.locked_elements", a field for each that says who keeps it.
func (s *Service) ProposeJSON(ctx context.Context, by actor.Actor, code string, text []byte) (*Proposal, error) {
	old, err := s.OwnEntry(ctx, by, code)
	if err != nil {
		return nil, err
	}
	o, locked, err := ParseOverride(text)
	if err != nil {
		return nil, fault.New(fault.Invalid, "item.override_unreadable").Because(err)
	}
	if len(locked) > 0 {
		office, err := s.keeperOf(ctx, old.Base)
		if err != nil {
			return nil, err
		}
		refusal := fault.New(fault.Invalid, "item.locked_elements", office)
		for _, name := range locked {
			refusal.Field(short(name), "item.locked_element", short(name), office)
		}
		return nil, refusal
	}
	return s.ProposeOverride(ctx, by, code, o)
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

// keeperOf names the office that keeps a base item's elements: the department's own at the province.
func (s *Service) keeperOf(ctx context.Context, b *Base) (name string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		offices, err := s.needs.Offices.Departments(ctx, tx, b.Department)
		if err != nil {
			return fmt.Errorf("reading offices: %w", err)
		}
		for _, o := range offices {
			if o.Region.Level() == region.Province {
				name = o.Name
				return nil
			}
		}
		name = b.Code()
		return nil
	})
	return name, err
}
