package machine

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"xiangyun/internal/module/workflow/process"
)

var (
	workdays = regexp.MustCompile(`^P([0-9]{1,4})WD$`)
	duration = regexp.MustCompile(`^P(?:([0-9]{1,4})W)?(?:([0-9]{1,5})D)?(?:T(?:([0-9]{1,5})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,7})S)?)?$`)
)

// Duration reads an ISO 8601 duration of weeks, days, hours, minutes and seconds. Months and years are refused: their length is not fixed.
func Duration(text string) (time.Duration, error) {
	m := duration.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is no duration of weeks, days, hours, minutes or seconds", text)
	}
	var sum time.Duration
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if m[i+1] != "" {
			n, err := strconv.Atoi(m[i+1])
			if err != nil {
				return 0, fmt.Errorf("reading the duration %q: %w", text, err)
			}
			sum += time.Duration(n) * unit
		}
	}
	if sum <= 0 {
		return 0, fmt.Errorf("the duration %q is nothing", text)
	}
	return sum, nil
}

// period checks that a clock says exactly one thing, and returns the fixed part of it.
func period(c process.Clock) (Due, error) {
	said := 0
	for _, text := range []string{c.Date, c.Workdays, c.Duration, c.Cycle} {
		if text != "" {
			said++
		}
	}
	if said != 1 || c.Times < 0 {
		return Due{}, fmt.Errorf("a timer says exactly one of date, working days, duration and cycle")
	}
	text := c.Duration + c.Cycle
	if m := workdays.FindStringSubmatch(c.Cycle); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil || n == 0 {
			return Due{}, fmt.Errorf("the cycle %q is nothing", c.Cycle)
		}
		return Due{Workdays: n}, nil
	}
	if text == "" {
		return Due{}, nil
	}
	_, err := Duration(text)
	return Due{Duration: text}, err
}
