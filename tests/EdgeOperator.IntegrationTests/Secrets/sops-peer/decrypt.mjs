// Decrypts a YAML file by sops-age, another implementation of SOPS's format, and writes it as JSON: decrypt.mjs PACKAGES KEY FILE
import { createRequire } from "node:module";

const [packages, secretKey, path] = process.argv.slice(2);
const { decryptSops } = createRequire(`${packages}/`)("sops-age");
process.stdout.write(JSON.stringify(await decryptSops({ path, secretKey, fileType: "yaml" })));
