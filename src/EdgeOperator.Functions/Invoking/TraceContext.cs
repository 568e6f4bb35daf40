using System.Diagnostics;

namespace EdgeOperator.Functions.Invoking;

/// <summary>W3C trace context (level 1).</summary>
internal static class TraceContext
{
    /// <summary>For an invocation that no caller's trace leads to.</summary>
    public static string New() => $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-01";
}
