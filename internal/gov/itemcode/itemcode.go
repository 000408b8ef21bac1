// Package itemcode is the numbering of service items (政务服务事项编码, GB/T 39554.1).
//
// Three codes build on one another. The [Base] code (基本编码, 12 digits) names an item of the base catalogue: region of the level that
// defined it, kind, department, main item, sub-item. The [Implementation] code (实施编码, 31 characters) puts the organ that carries it
// out (18, a unified social credit code) and the level at which it does (1) before the base code. The [Variant] code (业务办理项编码, 33
// characters) adds two digits for what is done: a first grant, a change, a renewal.
//
//	22 01 31 001 002                                   Base
//	11220102MB1A00036E 4 220131001002                  Implementation
//	11220102MB1A00036E 4 220131001002 01               Variant
//
// [Decompose] reads any of the three. Kinds and departments are dictionaries and not checked here: they change without the standard.
package itemcode

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"xiangyun/internal/gov/uscc"
)

// Reasons why parsing refuses. A wrong organ gives [ErrOrgan] together with the reason of package uscc.
var (
	ErrLength = errors.New("itemcode: a code has 12, 31 or 33 characters")
	ErrDigit  = errors.New("itemcode: apart from the organ, a code has digits only")
	ErrMain   = errors.New("itemcode: the main item is 001 or more")
	ErrOrgan  = errors.New("itemcode: the organ is no unified social credit code")
	ErrLevel  = errors.New("itemcode: the level is 1 to 7")
	ErrNumber = errors.New("itemcode: the variant is 01 to 99")
)

// Level is the level at which an organ exercises a power (行使层级, GB/T 39046 A.2).
type Level int

// The levels.
const (
	National   Level = 1 // 国家级
	Provincial Level = 2 // 省级
	Prefecture Level = 3 // 市级
	County     Level = 4 // 县级
	Township   Level = 5 // 镇（乡、街道）
	Village    Level = 6 // 村（社区）
	Graded     Level = 7 // 分级管理
)

// Base is a base code. The zero Base is "no item" and is stored as NULL.
type Base struct{ digits string }

// Parts are the five parts of a base code.
type Parts struct {
	Region     string // 2 digits of the level that defined the item: "00" the state, "22" Jilin
	Kind       string // 2 digits, 事项类型: "01" licence, "07" confirmation, "20" public service
	Department string // 2 digits, the department by trade
	Main       string // 3 digits, 主项
	Sub        string // 3 digits, 子项; "000" when there is none
}

// ParseBase reads a base code of 12 digits.
func ParseBase(text string) (Base, error) {
	if len(text) != 12 {
		return Base{}, ErrLength
	}
	if !digits(text) {
		return Base{}, ErrDigit
	}
	if text[6:9] == "000" {
		return Base{}, ErrMain
	}
	return Base{text}, nil
}

// NewBase builds a base code; each part must have its number of digits.
func NewBase(p Parts) (Base, error) {
	for _, part := range []struct {
		text string
		n    int
	}{{p.Region, 2}, {p.Kind, 2}, {p.Department, 2}, {p.Main, 3}, {p.Sub, 3}} {
		if len(part.text) != part.n {
			return Base{}, ErrLength
		}
	}
	return ParseBase(p.Region + p.Kind + p.Department + p.Main + p.Sub)
}

// Parts takes the code apart; all are empty for no item.
func (b Base) Parts() Parts {
	if b.IsZero() {
		return Parts{}
	}
	return Parts{b.digits[:2], b.digits[2:4], b.digits[4:6], b.digits[6:9], b.digits[9:]}
}

// MainItem returns the code of the main item the sub-item belongs to; it is b itself when there is no sub-item.
func (b Base) MainItem() Base {
	if b.IsZero() {
		return b
	}
	return Base{b.digits[:9] + "000"}
}

// Implementation is an implementation code. The zero value is "no item" and is stored as NULL.
type Implementation struct{ text string }

// ParseImplementation reads an implementation code of 31 characters.
func ParseImplementation(text string) (Implementation, error) {
	if len(text) != 31 {
		return Implementation{}, ErrLength
	}
	organ, err := uscc.Parse(text[:18])
	if err != nil {
		return Implementation{}, fmt.Errorf("%w: %w", ErrOrgan, err)
	}
	if text[18] < '0' || text[18] > '9' {
		return Implementation{}, ErrDigit
	}
	base, err := ParseBase(text[19:])
	if err != nil {
		return Implementation{}, err
	}
	return NewImplementation(organ, Level(text[18]-'0'), base)
}

// NewImplementation builds an implementation code.
func NewImplementation(organ uscc.Code, level Level, base Base) (Implementation, error) {
	switch {
	case organ.IsZero():
		return Implementation{}, ErrOrgan
	case level < National || level > Graded:
		return Implementation{}, ErrLevel
	case base.IsZero():
		return Implementation{}, ErrLength
	}
	return Implementation{fmt.Sprintf("%s%d%s", organ, level, base)}, nil
}

// Organ returns the organ that carries the item out.
func (i Implementation) Organ() uscc.Code {
	if i.IsZero() {
		return uscc.Code{}
	}
	c, _ := uscc.Parse(i.text[:18]) // parsed once already
	return c
}

// Level returns the level at which the power is exercised, 0 for no item.
func (i Implementation) Level() Level {
	if i.IsZero() {
		return 0
	}
	return Level(i.text[18] - '0')
}

// Base returns the base code.
func (i Implementation) Base() Base {
	if i.IsZero() {
		return Base{}
	}
	return Base{i.text[19:]}
}

// Variant returns the code of the n-th variant, 1 to 99.
func (i Implementation) Variant(n int) (Variant, error) {
	switch {
	case i.IsZero():
		return Variant{}, ErrLength
	case n < 1 || n > 99:
		return Variant{}, ErrNumber
	}
	return Variant{fmt.Sprintf("%s%02d", i.text, n)}, nil
}

// Variant is the code of what is done under an item. The zero value is "no item" and is stored as NULL.
type Variant struct{ text string }

// ParseVariant reads a variant code of 33 characters.
func ParseVariant(text string) (Variant, error) {
	if len(text) != 33 {
		return Variant{}, ErrLength
	}
	i, err := ParseImplementation(text[:31])
	if err != nil {
		return Variant{}, err
	}
	if !digits(text[31:]) {
		return Variant{}, ErrDigit
	}
	return i.Variant(int(text[31]-'0')*10 + int(text[32]-'0'))
}

// Implementation returns the implementation code.
func (v Variant) Implementation() Implementation {
	if v.IsZero() {
		return Implementation{}
	}
	return Implementation{v.text[:31]}
}

// Number returns the number of the variant, 0 for no item.
func (v Variant) Number() int {
	if v.IsZero() {
		return 0
	}
	return int(v.text[31]-'0')*10 + int(v.text[32]-'0')
}

// Decompose reads a code of any of the three lengths and returns what it holds; the longer codes are zero when text is shorter.
func Decompose(text string) (Base, Implementation, Variant, error) {
	var (
		i   Implementation
		v   Variant
		err error
	)
	switch len(text) {
	case 12:
		b, err := ParseBase(text)
		return b, i, v, err
	case 31:
		i, err = ParseImplementation(text)
	case 33:
		v, err = ParseVariant(text)
		i = v.Implementation()
	default:
		err = ErrLength
	}
	return i.Base(), i, v, err
}

func digits(text string) bool { return strings.Trim(text, "0123456789") == "" }

func read[T any](to *T, src any, parse func(string) (T, error)) error {
	var text string
	switch v := src.(type) {
	case nil:
	case string:
		text = v
	case []byte:
		text = string(v)
	default:
		return fmt.Errorf("itemcode: reading a code from %T", src)
	}
	if text == "" {
		var none T
		*to = none
		return nil
	}
	v, err := parse(text)
	if err != nil {
		return err
	}
	*to = v
	return nil
}

func value(text string) (driver.Value, error) {
	if text == "" {
		return nil, nil
	}
	return text, nil
}
