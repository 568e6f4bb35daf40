# edgeop's completion for PowerShell. Now, or for good in $PROFILE: edgeop completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName edgeop -ScriptBlock {
    param($word, $line, $position)
    $text = $line.ToString().PadRight($position)
    edgeop complete $position $text 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
