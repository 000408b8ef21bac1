package bpmn

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	duration  = regexp.MustCompile(`^P(\d{1,5}Y)?(\d{1,5}M)?(\d{1,5}W)?(\d{1,5}D)?(T(\d{1,6}H)?(\d{1,6}M)?(\d{1,9}S)?)?$`)
	workCycle = regexp.MustCompile(`^P[1-9]\d{0,3}WD$`)
)

// validDuration tells whether a text is an ISO 8601 duration longer than nothing.
func validDuration(text string) bool {
	return duration.MatchString(text) && strings.ContainsAny(text, "123456789") && !strings.HasSuffix(text, "T")
}

// cycle takes "R3/PT10H" apart: the time between two firings and how often; "R/PT10H" has no limit.
func cycle(text string) (every string, times int, ok bool) {
	repeat, every, found := strings.Cut(text, "/")
	if !found {
		return text, 0, true
	}
	number, ok := strings.CutPrefix(repeat, "R")
	if !ok || strings.Contains(every, "/") {
		return text, 0, false
	}
	if number == "" {
		return every, 0, true
	}
	times, err := strconv.Atoi(number)
	return every, times, err == nil && times > 0 && times <= 10_000
}

func cycleText(every string, times int) string {
	if times == 0 {
		return "R/" + every
	}
	return "R" + strconv.Itoa(times) + "/" + every
}

// dateExpression makes an expression of a date written out; every other text is one already.
func dateExpression(text string) string {
	if isDate(text) {
		return strconv.Quote(text)
	}
	return text
}

// dateText is the other way.
func dateText(expression string) string {
	if text, err := strconv.Unquote(expression); err == nil && isDate(text) {
		return text
	}
	return expression
}

func isDate(text string) bool {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}
