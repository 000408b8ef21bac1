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
