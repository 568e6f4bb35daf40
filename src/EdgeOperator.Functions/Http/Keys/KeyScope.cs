namespace EdgeOperator.Functions.Http.Keys;

/// <summary>What a key opens.</summary>
/// <param name="Name">A function's name in lower case, for <see cref="KeyKind.Function"/>.</param>
public readonly record struct KeyScope(KeyKind Kind, string? Name = null)
{
    public static KeyScope Master { get; } = new(KeyKind.Master);

    public static KeyScope Host { get; } = new(KeyKind.Host);

    public static KeyScope System { get; } = new(KeyKind.System);

    public static KeyScope Of(string function) => new(KeyKind.Function, function.ToLowerInvariant());

    /// <summary>As the control API writes it: <c>master</c>, <c>host</c>, <c>system</c>, or a function's name.</summary>
    public static KeyScope Parse(string text) => text.ToLowerInvariant() switch
    {
        "master" => Master,
        "host" => Host,
        "system" => System,
        _ => Of(text),
    };

    public override string ToString() => Name ?? Kind.ToString().ToLowerInvariant();
}

public enum KeyKind
{
    /// <summary>Everything, the admin API included. There is one.</summary>
    Master,

    /// <summary>Every function.</summary>
    Host,

    /// <summary>Kept for extensions' own addresses; opens no function.</summary>
    System,

    /// <summary>One function.</summary>
    Function,
}
