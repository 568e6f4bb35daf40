using System.Collections.Concurrent;

namespace EdgeOperator.Agent.Kinds.VirtualMachine.Qemu;

/// <summary>What QEMU's events say, in words that people understand, and which of them a pass may have to do something about.</summary>
internal sealed class MachineEvents
{
    private readonly ConcurrentDictionary<string, string> _ends = new();
    private volatile Action<string>? _changed;
    private volatile Action<string>? _connected;

    /// <summary>Who is to be told.</summary>
    /// <param name="connected">Told the machine's name when its guest has taken its network card into use.</param>
    public void Tell(Action<string> changed, Action<string> connected) => (_changed, _connected) = (changed, connected);

    public void Take(string machine, QmpEvent happened)
    {
        if (EndOf(happened) is { } end)
            _ends[machine] = end;
        if (happened.Name == "NIC_RX_FILTER_CHANGED")
            _connected?.Invoke(machine);
        if (NewsOf(happened) is { } news)
            _changed?.Invoke($"the machine {machine} {news}");
    }

    /// <summary>How the machine came to its end, as far as QEMU said so; null when it did not.</summary>
    public string? LastWords(string machine) => _ends.GetValueOrDefault(machine);

    /// <summary>It is started again.</summary>
    public void Forget(string machine) => _ends.TryRemove(machine, out _);

    private static string? EndOf(QmpEvent happened) => happened.Name switch
    {
        "GUEST_PANICKED" => "the guest's kernel panicked",
        "SHUTDOWN" => happened["reason"] switch
        {
            "guest-shutdown" => "the guest shut itself down",
            "host-signal" => "somebody ended QEMU by a signal",
            "host-error" => "QEMU ended because of an error of the host",
            _ => null,
        },
        _ => null,
    };

    private static string? NewsOf(QmpEvent happened) => happened.Name switch
    {
        "SHUTDOWN" => "shuts down",
        "RESET" => "starts over",
        "STOP" => "was halted",
        "RESUME" => "goes on",
        "GUEST_PANICKED" => "has panicked",
        "BLOCK_IO_ERROR" => "has an error of a disk",
        "BLOCK_IMAGE_CORRUPTED" => "has a damaged disk",
        _ => null,
    };
}
