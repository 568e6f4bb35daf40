using System.Text;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Eflow;

/// <summary>
/// How a script reaches Windows PowerShell, and its answer comes back. The script goes through standard input, as Base64, so that
/// secrets are in nobody's list of processes and no code page matters. Cmdlets of AzureEFLOW print as they go, so the answer is
/// the line that begins with a mark: JSON with <c>value</c>, or with <c>error</c>.
/// </summary>
internal static class EflowScript
{
    public const string Mark = "edgeoperator:";

    /// <summary>For every script alike.</summary>
    public static readonly IReadOnlyList<string> Arguments =
    [
        "-NoLogo", "-NoProfile", "-NonInteractive", "-Command",
        "& ([ScriptBlock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String([Console]::In.ReadToEnd()))))",
    ];

    /// <param name="body">Statements that may set <c>$value</c>; an error ends them.</param>
    public static string Wrap(string body) => $$"""
        $ErrorActionPreference = 'Stop'
        $ProgressPreference = 'SilentlyContinue'
        [Console]::OutputEncoding = New-Object Text.UTF8Encoding $false
        $value = $null
        try {
        {{body}}
        $answer = @{ value = $value }
        } catch { $answer = @{ error = "$_" } }
        [Console]::Out.WriteLine('{{Mark}}' + (ConvertTo-Json -InputObject $answer -Depth 12 -Compress))
        """;

    public static string Encode(string script) => Convert.ToBase64String(Encoding.UTF8.GetBytes(script));
}
