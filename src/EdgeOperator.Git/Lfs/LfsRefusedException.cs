namespace EdgeOperator.Git.Lfs;

/// <summary>The files can't be downloaded, because there is no server or it refuses; asking again at once would change nothing.</summary>
internal sealed class LfsRefusedException(string message) : Exception(message);
