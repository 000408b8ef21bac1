package personid

import (
	"fmt"

	"xiangyun/internal/gov/civil"
)

// Make puts a number together from six digits of place, a birthday and a sequence of 0 to 999, odd for men, computing the check character: for
// invented but valid data. It returns the errors of [Parse].
func Make(place string, born civil.Date, sequence int) (ID, error) {
	head := fmt.Sprintf("%s%s%03d", place, born.Compact(), sequence)
	if len(head) != 17 {
		return ID{}, ErrLength
	}
	for i := range head {
		if head[i] < '0' || head[i] > '9' {
			return ID{}, ErrCharacter
		}
	}
	return Parse(head + string(check(head)))
}
