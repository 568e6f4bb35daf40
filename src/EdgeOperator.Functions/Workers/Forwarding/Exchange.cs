namespace EdgeOperator.Functions.Workers.Forwarding;

/// <summary>One request to a worker: what is known of it below <see cref="HttpClient"/>'s handler, which does not tell.</summary>
internal sealed class Exchange(ClientTime? client = null)
{
    // Flows with the request into the handler, where the connection's stream finds it.
    private static readonly AsyncLocal<Exchange?> Ambient = new();

    private volatile bool _isSent;
    private volatile bool _isAnswered;

    /// <summary>The exchange of the request that is being sent, or whose answer is being read, by the calling code.</summary>
    public static Exchange? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    /// <summary>Null where nobody asks.</summary>
    public ClientTime? Client => client;

    /// <summary>Null until the head of the request is sent.</summary>
    public WorkerStream? Connection { get; set; }

    /// <summary>Whether any of it may have reached the worker, so that it must not be sent again.</summary>
    public bool IsSent { get => _isSent; set => _isSent = value; }

    /// <summary>Whether the answer has begun.</summary>
    public bool IsAnswered { get => _isAnswered; set => _isAnswered = value; }

    /// <summary>The body, if it is sent beside the answer.</summary>
    public DuplexBody? Body { get; set; }

    /// <summary>Whether bytes of this request's body may still go out on its connection.</summary>
    public bool IsSending => Body is { IsComplete: false };

    /// <summary>Whether the answer was passed on to its end, although the request's body did not come to its own.</summary>
    public bool IsAnsweredEarly { get; set; }

    /// <summary>Headers that describe a body, from a request without one.</summary>
    public List<KeyValuePair<string, string?[]>>? ContentHeaders { get; set; }
}
