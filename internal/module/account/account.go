package account

import (
	"strings"
	"time"
	"unicode/utf8"

	"xiangyun/internal/gov/actor"
	"xiangyun/internal/gov/region"
)

// Kind says what sort of subject it is (服务对象). Exchange partners number these in opposite ways: map at the edge.
type Kind string

// The kinds.
const (
	Person  Kind = "person"  // 自然人
	Company Kind = "company" // 法人和其他组织
)

// Subject is somebody the state serves. Its plain values exist only in memory, after [Service.Reveal].
type Subject struct {
	ID     string
	Kind   Kind
	Name   string // masked unless revealed: 张*琳
	Number string // masked unless revealed: 2201**********1234; a company's code is public
	Phone  string // masked unless revealed: 138****1234
	Level  int    // real-name level, 0 to 4
	Region string // where the person lives or the company is registered
	// Representative is a company's legal representative, public in the register of companies.
	Representative string
	Address        string // a company's, public in the register; a person's stays sealed and is shown when revealed
}

// Use says what an account is for.
type Use string

// The uses.
const (
	Citizen       Use = "citizen"       // people and their companies
	Officer       Use = "officer"       // people at work
	Administrator Use = "administrator" // one of the three (三员)
)

// Account is what somebody signs in with.
type Account struct {
	ID          string
	Login       string
	Use         Use
	SubjectID   string
	State       string // active, locked
	Failures    int
	LockedUntil time.Time
	CreatedAt   time.Time
	TOTP        bool // a second factor is set up
}

// Holding is what an account holds at work.
type Holding struct {
	Duties     []actor.Duty
	Office     string
	OfficePath string
	OfficeName string
	Region     region.Code
}

// The limits on guessing.
const (
	maxFailures = 5
	lockedFor   = 15 * time.Minute
	tokenLife   = 12 * time.Hour
)

// MaskName keeps the first and the last character of a name: 张*琳, 张*.
func MaskName(name string) string {
	r := []rune(name)
	switch {
	case len(r) == 0:
		return ""
	case len(r) <= 2:
		return string(r[:1]) + "*"
	}
	return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
}

// MaskPhone keeps the first three and the last four digits.
func MaskPhone(phone string) string {
	if utf8.RuneCountInString(phone) < 8 {
		return strings.Repeat("*", len(phone))
	}
	return phone[:3] + "****" + phone[len(phone)-4:]
}

// MaskNumber keeps the first four and the last four characters of a personal number.
func MaskNumber(number string) string {
	if len(number) < 10 {
		return strings.Repeat("*", len(number))
	}
	return number[:4] + strings.Repeat("*", len(number)-8) + number[len(number)-4:]
}
