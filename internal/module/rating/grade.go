package rating

import (
	"slices"
	"strconv"
)

// Grade is one of the five grades of satisfaction. The two national standards number them in opposite directions, so none of the numbers is
// kept: a number is made and read at the edge only.
type Grade string

// The grades, best first.
const (
	VerySatisfied    Grade = "very_satisfied"    // 非常满意
	Satisfied        Grade = "satisfied"         // 满意
	FairlySatisfied  Grade = "fairly_satisfied"  // 基本满意
	Dissatisfied     Grade = "dissatisfied"      // 不满意
	VeryDissatisfied Grade = "very_dissatisfied" // 非常不满意
)

// Grades lists the grades, best first.
var Grades = []Grade{VerySatisfied, Satisfied, FairlySatisfied, Dissatisfied, VeryDissatisfied}

// Bad tells whether the grade is a bad rating (差评), which must be answered.
func (g Grade) Bad() bool { return g == Dissatisfied || g == VeryDissatisfied }

// Satisfaction is the grade as the national rating interface and our API number it: 5 is the best, 1 the worst; 0 for no grade.
func (g Grade) Satisfaction() int {
	if i := slices.Index(Grades, g); i >= 0 {
		return len(Grades) - i
	}
	return 0
}

// GradeOf reads the number of the national rating interface (5 is the best). ok is false for any other number.
func GradeOf(satisfaction int) (g Grade, ok bool) {
	if satisfaction < 1 || satisfaction > len(Grades) {
		return "", false
	}
	return Grades[len(Grades)-satisfaction], true
}

// BasicDataCode is the grade as GB/T 39046-2020 A.8 numbers it, the other way round: "1" is the best, "5" the worst; "" for no grade.
func (g Grade) BasicDataCode() string {
	if i := slices.Index(Grades, g); i >= 0 {
		return strconv.Itoa(i + 1)
	}
	return ""
}

// GradeOfBasicData reads a code of GB/T 39046-2020 A.8 ("1" is the best). ok is false for any other text.
func GradeOfBasicData(code string) (g Grade, ok bool) {
	for _, g := range Grades {
		if g.BasicDataCode() == code {
			return g, true
		}
	}
	return "", false
}
