namespace EdgeOperator.Core.Interop;

/// <summary>How a host writes paths.</summary>
public enum HostStyle
{
    Unix,

    /// <summary>Drives, UNC paths and backslashes; upper and lower case are the same.</summary>
    Windows,
}

/// <summary>What a path is translated to: the modes of <c>wslpath</c> (microsoft/WSL, src/linux/init/wslpath.cpp).</summary>
public enum PathForm
{
    /// <summary><c>-u</c>: a path of the host to one in the guest.</summary>
    Guest,

    /// <summary><c>-w</c>: a path in the guest to one of the host.</summary>
    Host,

    /// <summary><c>-m</c>: as <see cref="Host"/>, with <c>/</c> for <c>\</c>.</summary>
    Mixed,
}
