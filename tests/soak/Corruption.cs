namespace EdgeOperator.Soak;

/// <summary>Damage to one file, as a failing disk, a power cut or a careless hand does it.</summary>
internal static class Corruption
{
    /// <returns>What was done to which file; null when there was none to damage.</returns>
    public static string? Apply(string stateFolder, Random random)
    {
        // Backups of what ConfigFiles cover are the one thing that nothing else has: their bytes could not come back.
        var files = new DirectoryInfo(stateFolder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(file => file.Extension != ".original")
            .GroupBy(Family)
            .OrderBy(family => family.Key, StringComparer.Ordinal)
            .ToList();
        if (files.Count == 0)
            return null;

        var family = files[random.Next(files.Count)].OrderBy(file => file.FullName, StringComparer.Ordinal).ToList();
        var victim = family[random.Next(family.Count)];
        try
        {
            return $"{Damage(victim, random)} {Path.GetRelativePath(stateFolder, victim.FullName)}";
        }
        catch (IOException)
        {
            return null; // It has gone meanwhile, or the disk is full.
        }
    }

    // A Git mirror has many files, the ledger is one: each family is as likely as any other.
    private static string Family(FileInfo file) => file.DirectoryName!.Contains("/objects", StringComparison.Ordinal)
        ? "objects"
        : $"{Path.GetFileName(file.DirectoryName)}/{file.Extension}";

    private static string Damage(FileInfo file, Random random)
    {
        var mode = File.GetUnixFileMode(file.FullName);
        if ((mode & UnixFileMode.UserWrite) == 0)
            File.SetUnixFileMode(file.FullName, mode | UnixFileMode.UserWrite);
        switch (random.Next(6))
        {
            case 0:
                file.Delete();
                return "deleted";
            case 1:
                using (var stream = file.Open(FileMode.Truncate))
                {
                }

                return "emptied";
            case 2:
                using (var stream = file.OpenWrite())
                    stream.SetLength(stream.Length / 2);
                return "cut in half";
            case 3:
                using (var stream = file.OpenWrite())
                    stream.Write(new byte[Math.Min(stream.Length, 1 << 20)]);
                return "zeroed";
            case 4:
                var noise = new byte[Math.Clamp(file.Length, 1, 4096)];
                random.NextBytes(noise);
                using (var stream = file.OpenWrite())
                    stream.Write(noise);
                return "overwritten with noise";
            default:
                using (var stream = file.Open(FileMode.Open, FileAccess.ReadWrite))
                {
                    stream.Position = random.NextInt64(Math.Max(1, stream.Length));
                    var old = stream.ReadByte();
                    stream.Position = Math.Max(0, stream.Position - 1);
                    stream.WriteByte((byte)(old ^ 1 << random.Next(8)));
                }

                return "a bit flipped in";
        }
    }
}
