using System.Runtime.CompilerServices;
using EdgeOperator.Core.Interop;
using EdgeOperator.Core.Kinds.VirtualMachine;

namespace EdgeOperator.Core.Tests.Interop;

/// <summary>Lines of a file in <c>Cases/interop</c>; <c>#</c> begins a comment.</summary>
internal static class CaseFile
{
    public static string[] All(string name) => File.ReadAllLines(Path.Combine(Root(), name));

    public static string[] Lines(string name) => [.. All(name).Where(line => line.Length > 0 && line[0] != '#')];

    /// <summary>What stands on both sides of the arrow.</summary>
    public static (string Left, string Right) Arrow(string line)
    {
        var arrow = line.LastIndexOf(" => ", StringComparison.Ordinal);
        return arrow < 0 ? throw new FormatException($"no arrow in \"{line}\"") : (line[..arrow], line[(arrow + 4)..]);
    }

    /// <summary>What a file's words <c>style</c>, <c>distribution</c> and <c>folder</c> give together.</summary>
    public sealed class Host
    {
        private readonly List<SharedFolder> _folders = [];
        private HostStyle _style;
        private string? _distribution;

        public PathMap Paths => new(_style, _folders, _distribution);

        /// <returns>False when the line is none of a host's.</returns>
        public bool Reads(string line)
        {
            var (word, rest) = (line.Split(' ')[0], line[(line.IndexOf(' ') + 1)..]);
            switch (word)
            {
                case "style":
                    (_style, _distribution) = (rest == "windows" ? HostStyle.Windows : HostStyle.Unix, null);
                    _folders.Clear();
                    return true;
                case "distribution":
                    _distribution = rest;
                    return true;
                case "folder":
                    var (host, guest) = Arrow(rest);
                    _folders.Add(new(host, guest, ReadOnly: false));
                    return true;
                default:
                    return false;
            }
        }
    }

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "Cases", "interop");
}
