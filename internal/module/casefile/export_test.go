package casefile

// The forms of documents, for tests that break them.
var (
	ParseForm    = parseForm
	ReadForms    = readForms
	KoreanName   = koreanNames.of
	TypedNumber  = typedNumber
	CaseOfRecord = caseOfRecord
)

// CaseNumber is caseNumber for tests.
var CaseNumber = caseNumber

// ForGood is forGood.
var ForGood = forGood

// OpenAtSQL are the questions about what an office has not closed, for the test of how they are answered.
func OpenAtSQL() (out []string) {
	for _, column := range handlingColumns {
		out = append(out, openAt(column))
	}
	return out
}
