package casefile

// CaseNumber is caseNumber for tests.
var CaseNumber = caseNumber
