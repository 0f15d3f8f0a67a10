/**
 * The configuration files of Debian 12's packages apache2 and apache2-bin 2.4.71-1~deb12u1, as far as people change them:
 * path beneath /etc/apache2, size, SHA-256 in hexadecimal.
 */
const shipped = `
apache2.conf 7178 96e05361253da0d9be1ec6c7c9003cbbb261ba65b659bd6e40ca0eac43093c43
conf-available/charset.conf 269 543c6ce7776d222a16c598d1d1108d2de9be5a812f832a35dcaa0bc50369341b
conf-available/localized-error-pages.conf 3178 b58e5cc37210940c8d08439feeefd17c0b7cf641bbadb04cd568b7324aa1840c
conf-available/other-vhosts-access-log.conf 143 af15ee8478cfbd00ae1fa5091ea5f19cce29a1ce60e567579c7c3b020b332335
conf-available/security.conf 1827 86296f2324bcc27790a80c863886fffd10d7a48b28587151e541f38136055b8b
conf-available/serve-cgi-bin.conf 409 f3c96a2ec95fbb3371f2c18d77366fc09b07267a156beb4870943f3f029eb3f2
envvars 1782 5a2160bf4447865f9aab911bf334ec64c15675cab6a457b366fe9822398f263f
magic 31063 589e1ff2671b578ee97ea0e322a9d5337aef755dfc6868cf15d3dfad944081ce
mods-available/actions.conf 331 c8ffcdbca84fa3e9ca0aaead34c8d091ced52b23e8bd01d20713c859b1bfc5a7
mods-available/alias.conf 743 534970724f124935b43fbfd63989f8d95b76bb185330a4b72393c5391b81bff2
mods-available/autoindex.conf 3208 9274dc923f9a3fd23bfea7af95c748b0f73e4d73071cb1af75479bea072b6d79
mods-available/cache_disk.conf 766 a0cf0f931e50437b21971157eee69f8daf8d9fe6d420e16cd11f601c26562014
mods-available/cgid.conf 75 b73e1ed71f25dee19371413e04a1f1508d936aa7378f7f86139568b8d2f848a6
mods-available/dav_fs.conf 37 94673071283d857c2a00a0e09e2e7375e2a2ae04a86f6f62c1f0981e35459c2e
mods-available/deflate.conf 370 3418b2c1c63a4f1059436b29f971a395e96acda0ea46ec5fdae5a589fc207b56
mods-available/dir.conf 77 4a4f78ffaced05b65e09082978ea7a050f4e7106c27fe605ee98b7b1dbae8740
mods-available/http2.conf 1038 2425be9c2c9ec7d3912048c16ce2e12566db476f8603f1029ffbded51f90a185
mods-available/info.conf 311 362b34425f831778d7f1a76779ee710a36186694c1cf134c9bc7ce58a77dcae9
mods-available/ldap.conf 75 1dcd999e2611ee0537ad0bc92668e0338014620cbbd22d56135e0209b30218fe
mods-available/mime.conf 7613 a0b42464d0a1a20406782e0bc47148f48896ecccf5c6d76159ffe1dd35ccba5a
mods-available/mime_magic.conf 33 592df7ee97d494c1d28c28d21da80bb5a6ef4001eff5a32185e3bd7aa8ce26bd
mods-available/mpm_event.conf 613 23a180df0d1290a3068347145570eaa54bf8cb598181482e50a07a12d3edf516
mods-available/mpm_prefork.conf 500 ad447d9f07a7a18ecada306f14665157be07fb404f585f42df2d2bf17a9b1fd2
mods-available/mpm_worker.conf 780 7c7969f1f552401fbadcf59e9a7de3ae47154982c9c95d8d5d538a37f14be24a
mods-available/negotiation.conf 622 3041b28664a6b7dee9e93adaf09e0d6cbbfd29016f6a634fcfa0429cba39d7be
mods-available/proxy.conf 720 b549a5a8522d61b72ae6e7920cafc3680b4a25dc9a5d32485ac88c2a23726fd0
mods-available/proxy_balancer.conf 238 0b4f0b88819190caef6668be812d0013aafac77d6bcd2751f75e367b99024785
mods-available/proxy_ftp.conf 100 fa010e630f5f3ba5b4484ae766d4ce65db09fa02058fefdbb3c6383826a62344
mods-available/proxy_html.conf 2628 843a0f613f06c07ee596214b4ebf36017900764939e2b7fc467ed6762ca6647c
mods-available/reqtimeout.conf 1083 1a524eed41c0c58ac98627676e23f784099163f02fe8d8d53c91969d59152b41
mods-available/setenvif.conf 1171 f6efb68c61012d348808d7e9ee865ee423040e1ee406e1e2e8223a156402977b
mods-available/ssl.conf 3129 fb37ad93dd9c6bc899bc677833bc581b3de013c3cc7c5f324c443afd873e59f0
mods-available/status.conf 647 bd4009a7dca3d68c8f3d4c22dc549b4cbba0ec56fb5f3d82db6ba8ecb58cf589
mods-available/userdir.conf 234 b9e9ac9f9c1af348c9e52d473174c4e6df2a5804b0ec4fc2cc5f1f414368b74a
ports.conf 274 ca3f42f4f226ca53efba66a162f224375b78ff4be50ed146d303753b53fee76f
sites-available/000-default.conf 1286 39fe841a64538ee980ae4ef011bdf6ae7124f63bf44afd65553cf3e0618e952c
sites-available/default-ssl.conf 6195 7ee5c9eb4de5a0bff256f761ae6b81e817ea1a5be37490fe00217f1e89228356
/var/www/html/index.html 10701 f14e8167f12be74330c1b881b5aa3df95f5bd66d26f42cc03b87a7c38946c571
`

export interface ShippedFile {
  readonly path: string
  readonly size: number
  readonly digest: string
}

export const shippedFiles: readonly ShippedFile[] = shipped
  .trim()
  .split('\n')
  .map(line => {
    const [path = '', size, digest = ''] = line.split(' ')
    return { path: path.startsWith('/') ? path : `/etc/apache2/${path}`, size: Number(size), digest }
  })
