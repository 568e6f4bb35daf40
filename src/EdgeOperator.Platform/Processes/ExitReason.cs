namespace EdgeOperator.Platform.Processes;

/// <summary>What a process's exit code means.</summary>
public static class ExitReason
{
    // .NET, as shells do, gives 128 and the signal's number.
    public static string Of(int code) => code switch
    {
        126 => "could not be run (code 126)",
        127 => "was not found, or lacks a library (code 127)",
        128 + 4 => "was ended by an illegal instruction (SIGILL): is it built for another processor?",
        128 + 6 => "gave up (SIGABRT)",
        128 + 9 => "was killed (SIGKILL), which is also what happens when memory runs out",
        128 + 11 => "was ended by a memory fault (SIGSEGV)",
        128 + 15 => "was asked to end (SIGTERM)",
        > 128 and < 160 => $"was ended by signal {code - 128}",
        _ => $"ended with code {code}",
    };
}
