import time, statistics
def test_timing(world):
    c=world.app.test_client(); k,u,l=[],[],[]
    emails=[world.email(world.user("neu","organiser",password="correct horse battery")) for _ in range(4)]
    def t(email):
        s=time.perf_counter(); c.post("/sign-in",data={"email":email,"password":"wrong words here"}); return (time.perf_counter()-s)*1000
    t(emails[0])
    for e in emails:
        for _ in range(7): u.append(t("nobody@neu.example")); k.append(t(e))
    for _ in range(3): t(emails[0])
    for _ in range(28): l.append(t(emails[0]))
    for n,x in (("wrong",k),("unknown",u),("locked",l)): print(n, round(statistics.median(x),1), round(min(x),1))
