package job

// The statements whose plans are looked at.
var (
	LookSQL  = lookSQL
	ClaimSQL = claimSQL
)

// NodeName is how a queue of this program would be named.
var NodeName = nodeName
