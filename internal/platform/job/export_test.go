package job

// The statements whose plans are looked at.
var (
	LookSQL  = lookSQL
	ClaimSQL = claimSQL
)
