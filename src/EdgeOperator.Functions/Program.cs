Console.Error.WriteLine("error: nothing is hosted yet");
return 1;
