using System.Globalization;

namespace EdgeOperator.Platform.Processes;

/// <summary>What a process and its children take.</summary>
public static class ProcessMemory
{
    /// <returns>Resident bytes; 0 for a process that is gone, and where the system does not tell.</returns>
    public static long Of(int id)
    {
        try
        {
            var own = File.ReadAllText($"/proc/{id}/statm").Split(' ')[1];
            return (long.Parse(own, CultureInfo.InvariantCulture) * Environment.SystemPageSize) + Children(id).Sum(Of);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static IEnumerable<int> Children(int id)
    {
        var list = $"/proc/{id}/task/{id}/children";
        return File.Exists(list)
            ? File.ReadAllText(list).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(c => int.Parse(c, CultureInfo.InvariantCulture))
            : [];
    }
}
