27582 108 A=1 AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt 34.7656 MB
27621 125 DOTNET_TieredCompilation=0 AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt 28.8398 MB
