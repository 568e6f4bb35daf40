namespace EdgeOperator.Hub.Tests;

/// <summary>The test SDK's own entry point would have the name of the hub's.</summary>
internal static class EntryPoint
{
    private static void Main()
    {
    }
}
