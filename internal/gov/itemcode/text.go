package itemcode

import "database/sql/driver"

// String returns the 12 digits, or "" for no item.
func (b Base) String() string { return b.digits }

// IsZero tells whether there is no item.
func (b Base) IsZero() bool { return b.digits == "" }

// Equal is the same as == and is there for go-cmp.
func (b Base) Equal(c Base) bool { return b == c }

// MarshalText writes the digits.
func (b Base) MarshalText() ([]byte, error) { return []byte(b.digits), nil }

// UnmarshalText reads what [ParseBase] reads; empty text is no item.
func (b *Base) UnmarshalText(text []byte) error { return read(b, text, ParseBase) }

// Value stores the digits, or NULL for no item.
func (b Base) Value() (driver.Value, error) { return value(b.digits) }

// Scan reads text; NULL and empty text are no item.
func (b *Base) Scan(src any) error { return read(b, src, ParseBase) }

// String returns the 31 characters, or "" for no item.
func (i Implementation) String() string { return i.text }

// IsZero tells whether there is no item.
func (i Implementation) IsZero() bool { return i.text == "" }

// Equal is the same as == and is there for go-cmp.
func (i Implementation) Equal(j Implementation) bool { return i == j }

// MarshalText writes the characters.
func (i Implementation) MarshalText() ([]byte, error) { return []byte(i.text), nil }

// UnmarshalText reads what [ParseImplementation] reads; empty text is no item.
func (i *Implementation) UnmarshalText(text []byte) error { return read(i, text, ParseImplementation) }

// Value stores the characters, or NULL for no item.
func (i Implementation) Value() (driver.Value, error) { return value(i.text) }

// Scan reads text; NULL and empty text are no item.
func (i *Implementation) Scan(src any) error { return read(i, src, ParseImplementation) }

// String returns the 33 characters, or "" for no item.
func (v Variant) String() string { return v.text }

// IsZero tells whether there is no item.
func (v Variant) IsZero() bool { return v.text == "" }

// Equal is the same as == and is there for go-cmp.
func (v Variant) Equal(w Variant) bool { return v == w }

// MarshalText writes the characters.
func (v Variant) MarshalText() ([]byte, error) { return []byte(v.text), nil }

// UnmarshalText reads what [ParseVariant] reads; empty text is no item.
func (v *Variant) UnmarshalText(text []byte) error { return read(v, text, ParseVariant) }

// Value stores the characters, or NULL for no item.
func (v Variant) Value() (driver.Value, error) { return value(v.text) }

// Scan reads text; NULL and empty text are no item.
func (v *Variant) Scan(src any) error { return read(v, src, ParseVariant) }
